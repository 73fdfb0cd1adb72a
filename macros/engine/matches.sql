{#
    Whether a text matches a POSIX regular expression anywhere (anchor with ^ and $).

    text: a SQL expression; pattern: the expression as plain text, with [.] for a literal dot and
    the characters themselves for tab and line feed, so that no engine needs a backslash.
#}
{% macro matches(text, pattern) %}
    {{- return(adapter.dispatch('matches')(text, pattern)) -}}
{% endmacro %}


{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ regex_literal(pattern) }})
{%- endmacro %}


{# regexp_like would match whole texts only. #}
{% macro snowflake__matches(text, pattern) -%}
    (regexp_instr({{ text }}, {{ regex_literal(pattern) }}) > 0)
{%- endmacro %}


{% macro databricks__matches(text, pattern) -%}
    regexp_like({{ text }}, {{ regex_literal(pattern) }})
{%- endmacro %}

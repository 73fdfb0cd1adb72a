{#
    Whether a text matches a POSIX regular expression anywhere (anchor with ^ and $).

    text: a SQL expression; pattern: the expression as plain text, with [.] for a literal dot, so
    that no engine needs a backslash.
#}
{% macro matches(text, pattern) %}
    {{- return(adapter.dispatch('matches')(text, pattern)) -}}
{% endmacro %}


{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

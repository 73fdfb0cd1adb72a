{#
    The first part of a text that matches a POSIX regular expression; null where none does.

    text: a SQL expression; pattern: plain text without backslashes.
#}
{% macro first_match(text, pattern) %}
    {{- return(adapter.dispatch('first_match')(text, pattern)) -}}
{% endmacro %}


{% macro duckdb__first_match(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ regex_literal(pattern) }}), '')
{%- endmacro %}


{% macro snowflake__first_match(text, pattern) -%}
    nullif(regexp_substr({{ text }}, {{ regex_literal(pattern) }}), '')
{%- endmacro %}


{% macro databricks__first_match(text, pattern) -%}
    nullif(regexp_extract({{ text }}, {{ regex_literal(pattern) }}, 0), '')
{%- endmacro %}

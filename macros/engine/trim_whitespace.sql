{#
    A text without white space at either end: space, tab, line feed, carriage return, no-break
    space, zero-width space, byte order mark.
#}
{% macro trim_whitespace(text) %}
    {{- return(adapter.dispatch('trim_whitespace')(text)) -}}
{% endmacro %}


{% macro duckdb__trim_whitespace(text) -%}
    trim({{ text }}, e' \t\n\r' || chr(160) || chr(8203) || chr(65279))
{%- endmacro %}


{% macro snowflake__trim_whitespace(text) -%}
    trim({{ text }}, ' \t\n\r\u00a0\u200b\ufeff')
{%- endmacro %}


{% macro databricks__trim_whitespace(text) -%}
    trim(both ' \t\n\r\u00a0\u200b\ufeff' from {{ text }})
{%- endmacro %}

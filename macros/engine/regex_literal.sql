{#
    A regular expression, or its replacement, as a SQL literal.

    pattern: plain text. On Databricks an unescaped $ would also match before a last line feed.
#}
{% macro regex_literal(pattern) %}
    {{- return(adapter.dispatch('regex_literal')(pattern)) -}}
{% endmacro %}


{% macro default__regex_literal(pattern) -%}
    '{{ dbt.escape_single_quotes(pattern) }}'
{%- endmacro %}


{% macro databricks__regex_literal(pattern) -%}
    '{{ dbt.escape_single_quotes(pattern) | replace('$', '\\\\z') }}'
{%- endmacro %}

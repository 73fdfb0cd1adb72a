{#
    The n-th part of a text between delimiters, counted from 1; empty where there are fewer parts.

    text, delimiter, number: SQL expressions. The delimiter is a text, no pattern.
#}
{% macro part_of_text(text, delimiter, number) %}
    {{- return(adapter.dispatch('part_of_text')(text, delimiter, number)) -}}
{% endmacro %}


{% macro default__part_of_text(text, delimiter, number) -%}
    {{ dbt.split_part(text, delimiter, number) }}
{%- endmacro %}


{# dbt's own form is null where there are fewer parts. #}
{% macro duckdb__part_of_text(text, delimiter, number) -%}
    split_part({{ text }}, {{ delimiter }}, {{ number }})
{%- endmacro %}

{#
    The different values of a group in the order of their text, joined by a comma and a blank; null
    where there is none.

    value: a SQL expression of a text.
#}
{% macro list_of(value) %}
    {{- return(adapter.dispatch('list_of')(value)) -}}
{% endmacro %}


{# An empty list is no null there. #}
{% macro default__list_of(value) -%}
    nullif(listagg(distinct {{ value }}, ', ') within group (order by {{ value }}), '')
{%- endmacro %}


{% macro duckdb__list_of(value) -%}
    string_agg(distinct {{ value }}, ', ' order by {{ value }})
{%- endmacro %}


{# An empty list is no null there. #}
{% macro databricks__list_of(value) -%}
    nullif(array_join(array_sort(collect_set({{ value }})), ', '), '')
{%- endmacro %}

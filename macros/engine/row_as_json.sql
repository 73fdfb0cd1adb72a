{#
    A whole row as JSON text, in two steps so that only the rows that need it pay for it:
    row_as_value carries the row along, value_as_json writes it.

    relation: the alias of a CTE. Keys are the column names, in the table's order.
#}
{% macro row_as_value(relation) %}
    {{- return(adapter.dispatch('row_as_value')(relation)) -}}
{% endmacro %}


{% macro value_as_json(value) %}
    {{- return(adapter.dispatch('value_as_json')(value)) -}}
{% endmacro %}


{% macro duckdb__row_as_value(relation) -%}
    {{ relation }}
{%- endmacro %}


{% macro duckdb__value_as_json(value) -%}
    cast(to_json({{ value }}) as varchar)
{%- endmacro %}

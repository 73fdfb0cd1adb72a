{#
    The smallest, and the largest, of some values that are not null; null where all are.

    values: SQL expressions of one type.
#}
{% macro smallest_of(values) %}
    {{- return(adapter.dispatch('smallest_of')(values)) -}}
{% endmacro %}


{% macro largest_of(values) %}
    {{- return(adapter.dispatch('largest_of')(values)) -}}
{% endmacro %}


{% macro duckdb__smallest_of(values) -%}
    least({{ values | join(', ') }})
{%- endmacro %}


{% macro duckdb__largest_of(values) -%}
    greatest({{ values | join(', ') }})
{%- endmacro %}

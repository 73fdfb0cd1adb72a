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


{% macro default__smallest_of(values) -%}
    least({{ values | join(', ') }})
{%- endmacro %}


{% macro default__largest_of(values) -%}
    greatest({{ values | join(', ') }})
{%- endmacro %}


{# Snowflake's least and greatest are null where one value is. #}
{% macro snowflake__smallest_of(values) -%}
    least_ignore_nulls({{ values | join(', ') }})
{%- endmacro %}


{% macro snowflake__largest_of(values) -%}
    greatest_ignore_nulls({{ values | join(', ') }})
{%- endmacro %}

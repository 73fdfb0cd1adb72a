{#
    How often one whole number goes into another, without the rest: 7 by 2 is 3.

    dividend, divisor: SQL expressions of whole numbers, not negative. The divisor must not be 0.
#}
{% macro integer_division(dividend, divisor) %}
    {{- return(adapter.dispatch('integer_division')(dividend, divisor)) -}}
{% endmacro %}


{% macro duckdb__integer_division(dividend, divisor) -%}
    ({{ dividend }} // {{ divisor }})
{%- endmacro %}


{# Snowflake has only decimal division, which rounds: without the rest it is exact. #}
{% macro snowflake__integer_division(dividend, divisor) -%}
    cast(({{ dividend }} - mod({{ dividend }}, {{ divisor }})) / {{ divisor }} as bigint)
{%- endmacro %}


{% macro databricks__integer_division(dividend, divisor) -%}
    ({{ dividend }} div {{ divisor }})
{%- endmacro %}

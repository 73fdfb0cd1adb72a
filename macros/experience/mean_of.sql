{#
    The mean of decimals, rounded; null where there is none. (The sum is exact, so that the order of
    rows changes nothing.)

    measure: a SQL expression; places: decimals.
#}
{% macro mean_of(measure, places) -%}
    round(cast(sum({{ measure }}) as double) / nullif(count({{ measure }}), 0), {{ places }})
{%- endmacro %}

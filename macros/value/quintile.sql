{#
    A score of 1-5 by fifths of the rows, equal values always getting equal scores:
    1 + floor(5 * (rank - 1) / rows). (ntile would split ties.)

    measure: a column; direction: asc where more is better, desc where less is.
#}
{% macro quintile(measure, direction) -%}
    {%- set fifths_below = '5 * (rank() over (order by ' ~ measure ~ ' ' ~ direction ~ ') - 1)' -%}
    cast(
        1 + {{ integer_division(fifths_below, 'count(*) over ()') }}
        as {{ api.Column.translate_type('integer') }}
    )
{%- endmacro %}

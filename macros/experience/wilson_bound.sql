{#
    A bound of Wilson's 95 % interval of a share, 0 to 1, rounded to 6 places (Wilson 1927).

    successes, trials: SQL expressions of counts, trials above 0; side: '-' for the lower bound,
    '+' for the upper one.
#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z = '1.959964e0' -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set share = '(' ~ successes ~ ' / ' ~ n ~ ')' -%}
    round(
        (
            {{ share }} + {{ z }} * {{ z }} / (2 * {{ n }})
            {{ side }} {{ z }} * sqrt(
                {{ share }} * (1 - {{ share }}) / {{ n }}
                + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})
            )
        ) / (1 + {{ z }} * {{ z }} / {{ n }}),
        6
    )
{%- endmacro %}

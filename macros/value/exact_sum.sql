{#
    The sum of doubles that is the same whatever the order of the rows, which an engine is free to
    choose: the sum of decimals of 20 places. A term beyond ±1e10 counts as that, so that the sum of a
    hundred million still fits.

    term: a SQL expression that is never null; window: what stands behind the sum, `over (…)`.
#}
{% macro exact_sum(term, window='') -%}
    cast(
        sum(cast(least(greatest({{ term }}, -1e10), 1e10) as decimal(38, 20)))
        {{ window }} as double
    )
{%- endmacro %}

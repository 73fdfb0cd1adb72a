{#
    The rows of union_sources(), with an amount in the reporting currency as well, as
    `<amount>_reporting`, by the rate of its day (a whole model).

    entity: as in union_sources(); amount, day: columns of it, beside its `currency`.
#}
{% macro union_sources_rated(entity, amount, day) -%}
with

supplied as (
    {{ union_sources(entity) }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    supplied.*,
    {{ in_reporting_currency('supplied.' ~ amount) }} as {{ amount }}_reporting
from supplied
left join exchange_rates
    on {{ exchange_rate_on('supplied.currency', 'supplied.' ~ day) }}
{%- endmacro %}

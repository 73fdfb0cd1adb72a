-- One row per sales opportunity.
with

supplied as (
    {{ union_sources('opportunities') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    supplied.*,
    {{ in_reporting_currency('supplied.amount') }} as amount_reporting
from supplied
left join exchange_rates
    on {{ exchange_rate_on('supplied.currency', 'supplied.created_at') }}

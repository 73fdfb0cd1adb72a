-- One row per subscription.
with

supplied as (
    {{ union_sources('subscriptions') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    supplied.*,
    {{ in_reporting_currency('supplied.mrr') }} as mrr_reporting
from supplied
left join exchange_rates
    on {{ exchange_rate_on('supplied.currency', 'supplied.start_date') }}

-- One row per billing transaction.
with

supplied as (
    {{ union_sources('billing_transactions') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
)

select
    supplied.*,
    {{ in_reporting_currency('supplied.amount') }} as amount_reporting
from supplied
left join exchange_rates
    on {{ exchange_rate_on('supplied.currency', 'supplied.transacted_at') }}

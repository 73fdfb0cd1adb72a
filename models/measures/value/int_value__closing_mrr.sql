-- One row per customer, month and currency with monthly recurring revenue on the last day of the
-- month, or on the as-of date.
with

periods as (
    select * from {{ ref('int_value__subscription_periods') }}
    where customer_id is not null
),

months as (
    select * from {{ ref('int_value__months') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

summed as (
    select
        periods.customer_id,
        months.month_start_date,
        months.closing_date,
        periods.currency,
        sum(periods.mrr) as mrr,
        sum(periods.mrr_reporting) as mrr_reporting,
        count(*) as subscription_count
    from periods
    inner join months
        on periods.valid_from <= months.closing_date
            and periods.valid_to > months.closing_date
    group by 1, 2, 3, 4
)

select
    summed.customer_id,
    summed.month_start_date,
    summed.currency,
    cast(summed.mrr as numeric(28, 4)) as mrr,
    case '{{ var("mrr_rate") }}'
        when 'month_end'
            then {{ in_reporting_currency('summed.mrr', 'exchange_rates.reporting_rate') }}
        else cast(summed.mrr_reporting as numeric(28, 4))
    end as mrr_reporting,
    summed.subscription_count
from summed
left join exchange_rates
    on {{ exchange_rate_on('summed.currency', 'summed.closing_date') }}

-- One row per currency and period: what a unit of it is worth in the reporting currency.
with

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

periods as (
    select
        currency,
        valid_from,
        rate,
        lead(valid_from, 1, cast('2200-01-01' as date)) over (
            partition by currency
            order by valid_from
        ) as valid_to
    from exchange_rates
),

reporting_periods as (
    select
        valid_from,
        valid_to,
        rate
    from periods
    where currency = '{{ reporting_currency() }}'
)

select
    periods.currency,
    greatest(periods.valid_from, reporting_periods.valid_from) as valid_from,
    least(periods.valid_to, reporting_periods.valid_to) as valid_to,
    cast(periods.rate / reporting_periods.rate as numeric(18, 8)) as reporting_rate
from periods
inner join reporting_periods
    on periods.valid_from < reporting_periods.valid_to
        and periods.valid_to > reporting_periods.valid_from

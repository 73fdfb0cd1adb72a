-- One row per customer and month from the first with monthly recurring revenue (MRR) to that of the
-- as-of date, none left out: how it moved from the opening to the closing.
with

periods as (
    select * from {{ ref('int_value__subscription_periods') }}
    where customer_id is not null and valid_from <= {{ as_of_date() }}
),

closing_by_currency as (
    select * from {{ ref('int_value__closing_mrr') }}
),

months as (
    select * from {{ ref('int_value__months') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

-- what a change of rates alone made of the opening, where months have rates of their own
revalued as (
    select
        closing_by_currency.customer_id,
        months.month_start_date,
        sum(
            {{ in_reporting_currency('closing_by_currency.mrr', 'exchange_rates.reporting_rate') }}
            - closing_by_currency.mrr_reporting
        ) as fx_mrr
    from closing_by_currency
    inner join months
        on months.month_start_date
            = cast(
                {{ dbt.dateadd('month', 1, 'closing_by_currency.month_start_date') }} as date
            )
    left join exchange_rates
        on {{ exchange_rate_on('closing_by_currency.currency', 'months.closing_date') }}
    group by 1, 2
),

closing as (
    select
        customer_id,
        month_start_date,
        sum(mrr_reporting) as closing_mrr,
        sum(subscription_count) as active_subscription_count
    from closing_by_currency
    group by 1, 2
),

customers as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'min(valid_from)') }} as date) as first_month
    from periods
    group by 1
),

started_and_ended as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'start_date') }} as date) as month_start_date,
        count(distinct subscription_id) as subscription_count
    from periods
    where ended_on <= {{ as_of_date() }}
        and {{ dbt.date_trunc('month', 'start_date') }} = {{ dbt.date_trunc('month', 'ended_on') }}
    group by 1, 2
),

gap_free as (
    select
        customers.customer_id,
        months.month_start_date,
        months.is_whole_month,
        coalesce(closing.closing_mrr, 0) as closing_mrr,
        coalesce(closing.active_subscription_count, 0) as active_subscription_count,
        coalesce(started_and_ended.subscription_count, 0) as started_and_ended_count,
        coalesce(revalued.fx_mrr, 0) as revaluation
    from customers
    inner join months on customers.first_month <= months.month_start_date
    left join closing
        on customers.customer_id = closing.customer_id
            and months.month_start_date = closing.month_start_date
    left join started_and_ended
        on customers.customer_id = started_and_ended.customer_id
            and months.month_start_date = started_and_ended.month_start_date
    left join revalued
        on customers.customer_id = revalued.customer_id
            and months.month_start_date = revalued.month_start_date
),

opened as (
    select
        *,
        lag(closing_mrr, 1, 0) over (partition by customer_id order by month_start_date)
            as opening_mrr,
        coalesce(
            max(closing_mrr) over (
                partition by customer_id
                order by month_start_date
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) > 0 as had_mrr
    from gap_free
),

moved as (
    select
        *,
        case
            when '{{ var("mrr_rate") }}' = 'month_end' and opening_mrr > 0 and closing_mrr > 0
                then revaluation
            else 0
        end as fx_mrr,
        opening_mrr > 0 and closing_mrr > 0 as goes_on
    from opened
)

select
    -- ids
    customer_id,
    month_start_date,

    -- movements: opening + new + expansion − contraction − churned + reactivated + fx = closing
    cast(opening_mrr as numeric(28, 4)) as opening_mrr,
    cast(case when opening_mrr = 0 and not had_mrr then closing_mrr else 0 end as numeric(28, 4))
        as new_mrr,
    cast(
        case when goes_on then greatest(closing_mrr - opening_mrr - fx_mrr, 0) else 0 end
        as numeric(28, 4)
    ) as expansion_mrr,
    cast(
        case when goes_on then greatest(opening_mrr + fx_mrr - closing_mrr, 0) else 0 end
        as numeric(28, 4)
    ) as contraction_mrr,
    cast(case when closing_mrr = 0 then opening_mrr else 0 end as numeric(28, 4)) as churned_mrr,
    cast(case when opening_mrr = 0 and had_mrr then closing_mrr else 0 end as numeric(28, 4))
        as reactivated_mrr,
    cast(fx_mrr as numeric(28, 4)) as fx_mrr,
    cast(closing_mrr as numeric(28, 4)) as closing_mrr,
    cast(12 * closing_mrr as numeric(28, 4)) as arr,

    -- counts
    cast(active_subscription_count as bigint) as active_subscription_count,
    cast(started_and_ended_count as bigint) as started_and_ended_count,

    is_whole_month
from moved

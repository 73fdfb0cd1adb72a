-- One row per customer with revenue or recurring revenue in the six whole months before the as-of
-- date or earlier: the last three of them against the three before, by MRR where there was any in
-- them.
{% set tomorrow = dbt.dateadd('day', 1, as_of_date()) %}
{% set months_end = "cast(" ~ dbt.date_trunc('month', tomorrow) ~ " as date)" %}
{% set three_months = "cast(" ~ dbt.dateadd('month', -3, months_end) ~ " as date)" %}
{% set six_months = "cast(" ~ dbt.dateadd('month', -6, months_end) ~ " as date)" %}
with

revenue as (
    select * from {{ ref('int_value__revenue') }}
),

revenue_lines as (
    select * from {{ ref('int_value__revenue_lines') }}
),

subscription_periods as (
    select * from {{ ref('int_value__subscription_periods') }}
    where customer_id is not null
),

closing_mrr as (
    select * from {{ ref('int_value__closing_mrr') }}
),

beginnings as (
    select
        customer_id,
        first_revenue_date as first_date
    from revenue

    union all

    select
        customer_id,
        valid_from as first_date
    from subscription_periods
),

customers as (
    select
        customer_id,
        min(first_date) <= {{ six_months }} as has_six_months
    from beginnings
    group by 1
),

revenue_of_months as (
    select
        revenue_lines.customer_id,
        sum(
            case
                when revenue_lines.revenue_date < {{ three_months }}
                    then revenue_lines.amount_reporting
                else 0
            end
        ) as earlier,
        sum(
            case
                when revenue_lines.revenue_date >= {{ three_months }}
                    then revenue_lines.amount_reporting
                else 0
            end
        ) as later
    from revenue_lines
    inner join revenue on revenue_lines.customer_id = revenue.customer_id
    where revenue_lines.revenue_date >= {{ six_months }}
        and revenue_lines.revenue_date < {{ months_end }}
        and (
            revenue_lines.revenue_source = 'billing'
            or revenue.revenue_basis <> 'both'
            or not {{ var('billing_covers_orders') }}
        )
    group by 1
),

mrr_of_months as (
    select
        customer_id,
        sum(
            case when month_start_date = cast({{ dbt.dateadd('month', -1, three_months) }} as date)
                    then mrr_reporting
                else 0
            end
        ) as earlier,
        sum(
            case when month_start_date = cast({{ dbt.dateadd('month', -1, months_end) }} as date)
                    then mrr_reporting
                else 0
            end
        ) as later
    from closing_mrr
    where month_start_date >= {{ six_months }} and month_start_date < {{ months_end }}
    group by 1
),

compared as (
    select
        customers.customer_id,
        customers.has_six_months,
        case
            when mrr_of_months.customer_id is not null then mrr_of_months.earlier
            else coalesce(revenue_of_months.earlier, 0)
        end as earlier,
        case
            when mrr_of_months.customer_id is not null then mrr_of_months.later
            else coalesce(revenue_of_months.later, 0)
        end as later
    from customers
    left join revenue_of_months on customers.customer_id = revenue_of_months.customer_id
    left join mrr_of_months on customers.customer_id = mrr_of_months.customer_id
),

grown as (
    select
        *,
        case
            when has_six_months and earlier > 0
                then 100
                    * (cast(later as double) - cast(earlier as double))
                    / cast(earlier as double)
        end as revenue_growth_pct
    from compared
)

select
    customer_id,
    revenue_growth_pct,
    case
        when not has_six_months then null
        when earlier <= 0 and later > 0 then 'Growing'
        when earlier <= 0 then 'Stable'
        when revenue_growth_pct > 5 then 'Growing'
        when revenue_growth_pct < -5 then 'Declining'
        else 'Stable'
    end as revenue_trend
from grown

-- One row per customer with metered usage up to the as-of date, and how it changed: the mean of its
-- products and their units, which are never added up.
{# The last whole month is the one before that of tomorrow. #}
{% set tomorrow = dbt.dateadd('day', 1, as_of_date()) %}
{% set month_start = dbt.date_trunc('month', tomorrow) %}
with

usage as (
    select
        customer_id,
        product_sku,
        coalesce(unit, 'unknown') as usage_unit,
        usage_date,
        quantity,
        {{ within_window('usage_date', 30) }} as is_recent,
        {{ within_window('usage_date', 60) }} and not ({{ within_window('usage_date', 30) }})
            as is_former,
        usage_date >= {{ dbt.dateadd('month', -1, month_start) }} and usage_date < {{ month_start }}
            as is_of_last_month,
        usage_date >= {{ dbt.dateadd('month', -2, month_start) }}
        and usage_date < {{ dbt.dateadd('month', -1, month_start) }} as is_of_month_before
    from {{ ref('int_customer_facts__usage') }}
    where customer_id is not null
),

products as (
    select
        customer_id,
        product_sku,
        usage_unit,
        max(usage_date) as last_usage_date,
        sum(case when is_recent then quantity else 0 end) as recent_quantity,
        sum(case when is_former then quantity else 0 end) as former_quantity,
        count(distinct case when is_former then usage_date end) as former_day_count,
        sum(case when is_of_last_month then quantity else 0 end) as month_quantity,
        sum(case when is_of_month_before then quantity else 0 end) as month_before_quantity
    from usage
    group by 1, 2, 3
),

measured as (
    select
        customer_id,
        last_usage_date,
        former_day_count >= 4 as is_of_many_days,
        cast(recent_quantity as double) as recent_quantity,
        nullif(cast(former_quantity as double), 0) as former_quantity,
        cast(month_quantity as double) as month_quantity,
        nullif(cast(month_before_quantity as double), 0) as month_before_quantity
    from products
),

compared as (
    select
        customer_id,
        last_usage_date,
        is_of_many_days,
        recent_quantity / former_quantity - 1 as change,
        month_quantity / month_before_quantity - 1 as monthly_change
    from measured
),

-- of a meter that is read once a month 30 days say nothing: they hold no reading, one or two
chosen as (
    select
        *,
        case when is_of_many_days then change else monthly_change end as chosen_change
    from compared
),

changes as (
    select
        customer_id,
        last_usage_date,
        case
            when chosen_change is not null
                then cast(greatest(-1, least(1, chosen_change)) as numeric(18, 6))
        end as usage_change,
        cast(100 * monthly_change as numeric(28, 6)) as usage_growth_pct
    from chosen
)

select
    customer_id,
    max(last_usage_date) as last_usage_date,
    {{ mean_of('usage_change', 6) }} as usage_change,
    {{ mean_of('usage_growth_pct', 6) }} as usage_growth_pct
from changes
group by 1

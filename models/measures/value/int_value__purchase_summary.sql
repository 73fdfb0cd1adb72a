-- One row per customer with a purchase: on how many days they bought, when, and what a day was
-- worth. Orders of one day are one purchase; the first day counts for when it was, not for what it
-- was worth.

with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
),

customers as (
    select
        customer_id,
        cast(first_seen_at as date) as first_seen_date
    from {{ ref('int_identity__golden_records') }}
),

beginning as (
    select min(order_date) as first_order_date
    from orders
),

purchase_days as (
    select
        customer_id,
        order_date,
        sum(net_amount_reporting) as value_reporting,
        min(order_date) over (partition by customer_id) as first_purchase_date
    from orders
    where customer_id is not null and {{ counts_as_purchase() }}
    group by 1, 2
),

summed as (
    select
        customer_id,
        first_purchase_date,
        max(order_date) as last_purchase_date,
        count(*) - 1 as repeat_purchase_day_count,
        sum(case when order_date > first_purchase_date and value_reporting > 0 then 1 else 0 end)
            as repeat_value_day_count,
        sum(case when order_date > first_purchase_date then value_reporting else 0 end)
            as repeat_value_reporting
    from purchase_days
    group by 1, 2
)

select
    -- ids
    summed.customer_id,

    -- when
    summed.first_purchase_date,
    summed.last_purchase_date,
    {{ dbt.datediff('summed.first_purchase_date', 'summed.last_purchase_date', 'day') }}
        as recency_days,
    {{ dbt.datediff('summed.first_purchase_date', as_of_date(), 'day') }} as age_days,
    coalesce(customers.first_seen_date < beginning.first_order_date, false) as is_before_data,

    -- how often, and of what worth
    summed.repeat_purchase_day_count,
    summed.repeat_value_day_count,
    cast(
        case
            when summed.repeat_value_day_count > 0
                then cast(summed.repeat_value_reporting as numeric(28, 4))
                    / summed.repeat_value_day_count
        end as numeric(28, 4)
    ) as mean_repeat_value_reporting
from summed
cross join beginning
left join customers using (customer_id)

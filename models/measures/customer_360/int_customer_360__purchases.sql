-- One row per customer with an order up to the as-of date: how many, of what kinds, how far apart.
-- A kind that no source names is null, not one less.
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
    where customer_id is not null
),

order_items as (
    select * from {{ ref('int_customer_facts__order_items') }}
    where customer_id is not null
),

products as (
    select * from {{ ref('int_products') }}
),

purchase_days as (
    select * from {{ ref('int_value__purchase_summary') }}
),

summed as (
    select
        customer_id,
        sum(case when is_purchase then 1 else 0 end) as purchase_count,
        sum(case when is_return then 1 else 0 end) as return_count,
        cast(sum(net_amount_reporting) as numeric(28, 4)) as net_revenue_reporting,
        {{ mean_of('case when is_purchase then net_amount_reporting end', 4) }}
            as average_order_value,
        min(case when is_purchase then order_date end) as first_purchase_date,
        max(case when is_purchase then order_date end) as last_purchase_date,
        nullif(count(distinct case when is_purchase then channel end), 0)
            as purchase_channel_count
    from orders
    group by 1
),

categories as (
    select
        orders.customer_id,
        nullif(count(distinct products.category), 0) as purchased_category_count
    from order_items
    inner join orders on order_items.order_id = orders.order_id
    inner join products on order_items.product_id = products.product_id
    where orders.is_purchase
    group by 1
)

select
    -- ids
    summed.customer_id,

    -- how many, and of what worth
    summed.purchase_count,
    summed.return_count,
    summed.net_revenue_reporting,
    cast(summed.average_order_value as numeric(28, 4)) as average_order_value_reporting,

    -- when
    summed.first_purchase_date,
    summed.last_purchase_date,
    case
        when purchase_days.repeat_purchase_day_count > 0
            then round(
                    cast(purchase_days.recency_days as double)
                    / purchase_days.repeat_purchase_day_count,
                    2
                )
    end as mean_days_between_purchases,

    -- of what kinds
    summed.purchase_channel_count,
    categories.purchased_category_count
from summed
left join categories on summed.customer_id = categories.customer_id
left join purchase_days on summed.customer_id = purchase_days.customer_id

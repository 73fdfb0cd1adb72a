-- One row per order up to the as-of date: a purchase, return, refund or exchange.
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
),

order_items as (
    select * from {{ ref('int_customer_facts__order_items') }}
),

item_totals as (
    select
        order_id,
        count(*) as item_count,
        sum(quantity) as unit_count
    from order_items
    group by 1
),

purchases as (
    select
        order_id,
        row_number() over (partition by customer_id order by ordered_at, order_id)
            as purchase_number
    from orders
    where is_purchase and customer_id is not null
)

select
    -- ids
    orders.order_id,
    orders.customer_id,
    orders.record_key,
    orders.source_name,
    orders.source_order_id,
    orders.online_order_id,
    orders.source_store_id,

    -- what it was
    orders.order_type,
    orders.order_status,
    orders.channel,
    orders.payment_method,
    orders.promotion_code,
    orders.is_purchase,
    orders.is_return,
    orders.is_tracked_only,
    cast(purchases.purchase_number as bigint) as purchase_number,
    coalesce(purchases.purchase_number = 1, false) as is_first_purchase,

    -- measures
    orders.currency,
    orders.total_amount,
    orders.tax_amount,
    orders.shipping_amount,
    orders.discount_amount,
    orders.net_amount,
    orders.net_amount_reporting,
    cast(coalesce(item_totals.item_count, 0) as bigint) as item_count,
    cast(coalesce(item_totals.unit_count, 0) as numeric(28, 4)) as unit_count,

    -- times
    orders.ordered_at,
    orders.order_date
from orders
left join item_totals using (order_id)
left join purchases using (order_id)

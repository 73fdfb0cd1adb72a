-- One row per line of an order up to the as-of date.
with

order_items as (
    select * from {{ ref('int_customer_facts__order_items') }}
),

products as (
    select * from {{ ref('int_products') }}
)

select
    -- ids
    order_items.order_item_id,
    order_items.order_id,
    order_items.customer_id,
    order_items.product_id,

    -- what it was
    products.product_name,
    products.category,
    order_items.order_type,
    order_items.order_status,
    order_items.item_status,
    order_items.item_rating,

    -- measures
    order_items.currency,
    order_items.quantity,
    order_items.unit_price,
    order_items.gross_amount,
    order_items.discount_amount,
    order_items.net_amount,
    order_items.net_amount_reporting,

    -- times
    order_items.ordered_at
from order_items
left join products using (product_id)

-- One row per line of an order.
with

order_items as (
    select * from {{ ref('int_order_items') }}
),

orders as (
    select * from {{ ref('int_orders') }}
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
),

products as (
    select * from {{ ref('int_products') }}
),

lines as (
    select
        order_items.*,
        orders.record_key,
        orders.order_type,
        orders.order_status,
        orders.ordered_at,
        orders.currency,
        orders.reporting_rate,
        order_items.quantity * order_items.unit_price as gross_amount,
        case
            when orders.order_status <> 'completed' or orders.order_type = 'exchange' then 0
            when orders.order_type in ('return', 'refund') then -1
            else 1
        end as direction
    from order_items
    inner join orders using (order_id)
)

select
    -- ids
    lines.order_item_id,
    lines.order_id,
    identity_map.customer_id,
    lines.product_id,

    -- what it was
    products.product_name,
    products.category,
    lines.order_type,
    lines.order_status,
    lines.item_status,
    lines.item_rating,

    -- measures
    lines.currency,
    lines.quantity,
    lines.unit_price,
    cast(lines.gross_amount as numeric(18, 4)) as gross_amount,
    lines.discount_amount,
    cast(lines.direction * (lines.gross_amount - lines.discount_amount) as numeric(18, 4))
        as net_amount,
    {{ in_reporting_currency(
        'lines.direction * (lines.gross_amount - lines.discount_amount)', 'lines.reporting_rate'
    ) }} as net_amount_reporting,

    -- times
    lines.ordered_at
from lines
left join identity_map using (record_key)
left join products using (product_id)

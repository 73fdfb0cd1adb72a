-- One row per line of an order up to the as-of date: its customer, and the revenue it is. An
-- exchange is paid for as a whole, by its order, so its lines are no revenue.
with

order_items as (
    select * from {{ ref('int_order_items') }}
),

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
),

lines as (
    select
        order_items.*,
        orders.customer_id,
        orders.record_key,
        orders.order_type,
        orders.order_status,
        orders.currency,
        orders.reporting_rate,
        orders.ordered_at,
        cast(
            round(cast(order_items.quantity as numeric(19, 4)) * order_items.unit_price, 4)
            as numeric(18, 4)
        ) as gross_amount,
        case when orders.order_type = 'exchange' then 0 else orders.direction end as direction
    from order_items
    inner join orders using (order_id)
)

select
    -- ids
    order_item_id,
    order_id,
    customer_id,
    record_key,
    source_name,
    product_id,

    -- what it was
    order_type,
    order_status,
    item_status,
    item_rating,

    -- measures
    currency,
    quantity,
    unit_price,
    gross_amount,
    discount_amount,
    cast(direction * (gross_amount - discount_amount) as numeric(18, 4)) as net_amount,
    {{ in_reporting_currency('direction * (gross_amount - discount_amount)', 'reporting_rate') }}
        as net_amount_reporting,

    -- times
    ordered_at
from lines

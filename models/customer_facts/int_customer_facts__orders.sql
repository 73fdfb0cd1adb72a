-- One row per order up to the as-of date: its customer, and the revenue it is. What went back to
-- the customer is negative; an order that was not completed is no revenue.
with

orders as (
    {{ facts_of_customers('orders', happened_at='ordered_at') }}
),

signed as (
    select
        *,
        total_amount - tax_amount - shipping_amount as paid_for_goods,
        case
            when order_status <> 'completed' then 0
            when order_type in ('return', 'refund') then -1
            else 1
        end as direction
    from orders
)

select
    -- ids
    order_id,
    customer_id,
    record_key,
    source_name,
    source_order_id,
    online_order_id,
    source_store_id,

    -- what it was
    order_type,
    order_status,
    channel,
    payment_method,
    promotion_code,
    is_tracked_only,
    order_type = 'purchase' and order_status = 'completed' and paid_for_goods > 0 as is_purchase,
    order_type in ('return', 'refund') and order_status = 'completed' as is_return,

    -- measures
    currency,
    reporting_rate,
    total_amount,
    tax_amount,
    shipping_amount,
    discount_amount,
    direction,
    cast(direction * paid_for_goods as numeric(18, 4)) as net_amount,
    {{ in_reporting_currency('direction * paid_for_goods', 'reporting_rate') }}
        as net_amount_reporting,

    -- times
    ordered_at,
    cast(ordered_at as date) as order_date
from signed

-- One row per order. A purchase that only web tracking knows is an order where the order systems
-- have none of its online number.
with

supplied as (
    {{ union_sources('orders') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

online_numbers as (
    select online_order_id
    from supplied
    where not is_tracked_only and online_order_id is not null
    group by 1
),

orders as (
    select supplied.*
    from supplied
    left join online_numbers using (online_order_id)
    where not supplied.is_tracked_only or online_numbers.online_order_id is null
),

rated as (
    select
        orders.*,
        exchange_rates.reporting_rate,
        orders.total_amount - orders.tax_amount - orders.shipping_amount as paid_for_goods
    from orders
    left join exchange_rates
        on {{ exchange_rate_on('orders.currency', 'orders.ordered_at') }}
),

judged as (
    select
        *,
        case
            when order_status <> 'completed' then 0
            when order_type in ('return', 'refund') then -1
            else 1
        end as direction
    from rated
)

select
    order_id,
    record_key,
    source_name,
    source_order_id,
    online_order_id,
    is_tracked_only,
    order_type,
    order_status,
    channel,
    ordered_at,
    source_store_id,
    payment_method,
    promotion_code,
    currency,
    total_amount,
    tax_amount,
    shipping_amount,
    discount_amount,
    reporting_rate,
    order_type = 'purchase' and order_status = 'completed' and paid_for_goods > 0 as is_purchase,
    order_type in ('return', 'refund') and order_status = 'completed' as is_return,
    cast(direction * paid_for_goods as numeric(18, 4)) as net_amount,
    {{ in_reporting_currency('direction * paid_for_goods', 'reporting_rate') }}
        as net_amount_reporting
from judged

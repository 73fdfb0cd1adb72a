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
)

select
    orders.*,
    exchange_rates.reporting_rate
from orders
left join exchange_rates
    on {{ exchange_rate_on('orders.currency', 'orders.ordered_at') }}

-- What customer_rfm calls monetary is, in all, the net revenue of the orders of its customers.
{% if var('rfm_window_days') %}{{ config(enabled=false) }}{% endif %}
with

rfm as (
    select sum(monetary) as amount
    from {{ ref('customer_rfm') }}
),

revenue as (
    select sum(orders.net_amount_reporting) as amount
    from {{ ref('orders') }} as orders
    inner join {{ ref('customer_rfm') }} using (customer_id)
    where orders.order_date <= {{ as_of_date() }}
)

select
    rfm.amount as rfm_amount,
    revenue.amount as order_amount
from rfm
cross join revenue
where rfm.amount <> revenue.amount

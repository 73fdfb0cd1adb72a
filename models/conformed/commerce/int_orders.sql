-- One row per order. A purchase that only web tracking knows is an order where the order systems
-- have none of its online number, however they write it. The number of an order system that says no
-- online number of any order is that of its online orders itself.
with

supplied as (
    {{ union_sources('orders') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

systems_with_online_numbers as (
    select source_name
    from supplied
    where online_order_id is not null
    group by 1
),

numbered as (
    select
        supplied.*,
        case
            when systems_with_online_numbers.source_name is not null
                then {{ normalise_order_number('supplied.online_order_id') }}
            when coalesce(supplied.channel, 'ecommerce') in ('ecommerce', 'mobile')
                then {{ normalise_order_number('supplied.source_order_id') }}
        end as order_number
    from supplied
    left join systems_with_online_numbers using (source_name)
),

known as (
    select order_number
    from numbered
    where not is_tracked_only and order_number is not null
    group by 1
),

orders as (
    select numbered.*
    from numbered
    left join known on numbered.order_number = known.order_number
    where not numbered.is_tracked_only or known.order_number is null
)

select
    orders.*,
    exchange_rates.reporting_rate
from orders
left join exchange_rates
    on {{ exchange_rate_on('orders.currency', 'orders.ordered_at') }}

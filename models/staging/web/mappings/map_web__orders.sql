-- One row per order number that web tracking saw bought: its earliest purchase event. An event
-- without revenue tells of no order, a thank-you page seen again tells of no second one.
{{ config(enabled=source_is_enabled('web')) }}

with

events as (
    select * from {{ ref('stg_web__events') }}
),

purchases as (
    select
        *,
        row_number() over (
            partition by {{ normalise_order_number('online_order_id') }}
            order by occurred_at, source_event_id
        ) as purchase_number
    from events
    where event_type = 'purchase'
        and {{ normalise_order_number('online_order_id') }} is not null
        and revenue_reporting is not null
)

select
    {{ not_supplied('orders', ['source_store_id', 'payment_method', 'promotion_code']) }}
    {{ record_key('web', 'online_order_id') }} as order_id,
    record_key,
    'web' as source_name,
    online_order_id as source_order_id,
    online_order_id,
    true as is_tracked_only,
    'purchase' as order_type,
    'completed' as order_status,
    'ecommerce' as channel,
    occurred_at as ordered_at,
    '{{ reporting_currency() }}' as currency,
    revenue_reporting as total_amount,
    0 as tax_amount,
    0 as shipping_amount,
    0 as discount_amount
from purchases
where purchase_number = 1

-- One row per retail transaction, as an order.
{{ config(enabled=source_is_enabled('retail')) }}

with

transactions as (
    select * from {{ ref('stg_retail__transactions') }}
)

select
    {{ record_key('retail', 'source_transaction_id') }} as order_id,
    record_key,
    'retail' as source_name,
    source_transaction_id as source_order_id,
    online_order_id,
    false as is_tracked_only,
    transaction_type as order_type,
    transaction_status as order_status,
    channel,
    transacted_at as ordered_at,
    source_store_id,
    payment_method,
    promotion_code,
    currency,
    total_amount,
    tax_amount,
    shipping_amount,
    discount_amount
from transactions

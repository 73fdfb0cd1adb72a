-- One row per line of a retail transaction, as a line of an order.
{{ config(enabled=source_is_enabled('retail')) }}

with

items as (
    select * from {{ ref('stg_retail__transaction_items') }}
)

select
    {{ record_key('retail', 'source_item_id') }} as order_item_id,
    {{ record_key('retail', 'source_transaction_id') }} as order_id,
    'retail' as source_name,
    {{ record_key('retail', 'source_product_id') }} as product_id,
    item_status,
    quantity,
    unit_price,
    discount_amount,
    item_rating
from items

-- One row per accepted record of retail.transaction_items. Quantities are magnitudes: the status
-- says whether the line was sold or came back.
{{ config(enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__transaction_items') }}
)

select
    -- ids
    item_id as source_item_id,
    transaction_id as source_transaction_id,
    product_id as source_product_id,

    -- what it was
    lower(item_status) as item_status,
    item_rating,

    -- amounts, in the currency of the transaction
    abs(quantity) as quantity,
    unit_price,
    coalesce(discount_amount, 0) as discount_amount,

    -- times
    loaded_at
from accepted

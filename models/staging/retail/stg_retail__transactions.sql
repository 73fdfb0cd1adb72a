-- One row per accepted record of retail.transactions. Amounts are magnitudes: what a return gives
-- back is positive here however the shop writes it, and the type says which way it went. Whom no
-- customer id names is a guest, known by the contact points typed at the checkout; of a known
-- customer they may be those of whom a gift goes to, and say nothing.
{{ config(enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__transactions') }}
),

normalised as (
    select
        *,
        case when customer_id is null then {{ normalise_email('customer_email') }} end
            as guest_email,
        case when customer_id is null then {{ normalise_phone('customer_phone') }} end
            as guest_phone,
        case when customer_id is null then customer_name end as guest_name
    from accepted
)

select
    -- ids
    transaction_id as source_transaction_id,
    {{ party_record_key('retail', 'customer_id', 'guest_email', 'guest_phone', 'guest_name') }}
        as record_key,
    customer_id as source_customer_id,
    store_id as source_store_id,
    online_order_id,

    -- guest
    guest_email,
    guest_phone,
    guest_name,

    -- what it was
    lower(transaction_type) as transaction_type,
    lower(transaction_status) as transaction_status,
    lower(channel) as channel,
    payment_method,
    card_type,
    promotion_code,
    coupon_code,
    refund_reason,

    -- amounts, in the currency
    {{ normalise_currency('currency_code') }} as currency,
    abs(total_amount) as total_amount,
    abs(coalesce(tax_amount, 0)) as tax_amount,
    abs(coalesce(shipping_amount, 0)) as shipping_amount,
    coalesce(discount_amount, 0) as discount_amount,
    loyalty_points_earned,
    loyalty_points_redeemed,

    -- times
    transaction_date as transacted_at,
    loaded_at
from normalised

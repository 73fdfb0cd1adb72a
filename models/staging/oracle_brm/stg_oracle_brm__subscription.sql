-- One row per accepted record of oracle_brm.subscription.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

accepted as (
    {{ accepted_rows('base_oracle_brm__subscription') }}
)

select
    -- ids
    subscription_id as source_subscription_id,
    {{ record_key('oracle_brm', 'customer_id') }} as record_key,
    customer_id as account_number,

    -- what it is
    product_name,
    product_sku,
    lower(status) as subscription_status,
    lower(billing_cycle) as billing_cycle,

    -- amounts, in the currency
    {{ normalise_currency('currency') }} as currency,
    mrr,

    -- times
    start_date,
    end_date,
    renewal_date,
    loaded_at
from accepted

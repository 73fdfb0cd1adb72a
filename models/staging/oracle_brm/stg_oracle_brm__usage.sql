-- One row per accepted record of oracle_brm.usage.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

accepted as (
    {{ accepted_rows('base_oracle_brm__usage') }}
)

select
    -- ids
    usage_id as source_usage_id,
    {{ record_key('oracle_brm', 'customer_id') }} as record_key,
    customer_id as account_number,
    product_sku,

    -- measures
    quantity,
    unit,

    -- times
    usage_date,
    loaded_at
from accepted

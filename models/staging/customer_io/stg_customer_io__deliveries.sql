-- One row per accepted record of customer_io.deliveries.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

accepted as (
    {{ accepted_rows('base_customer_io__deliveries') }}
)

select
    -- ids
    delivery_id as source_delivery_id,
    {{ record_key('customer_io', 'cio_id') }} as record_key,
    cio_id,
    campaign_id as source_campaign_id,

    -- what it was
    channel,
    subject,

    -- times
    created_at,
    loaded_at
from accepted

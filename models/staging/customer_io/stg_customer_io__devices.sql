-- One row per accepted record of customer_io.devices: a device of one person.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

accepted as (
    {{ accepted_rows('base_customer_io__devices') }}
)

select
    -- ids
    {{ record_key('customer_io', 'cio_id') }} as record_key,
    cio_id,
    device_id,
    push_token,

    -- what it is
    lower(platform) as platform,

    -- times
    last_used_at,
    loaded_at
from accepted

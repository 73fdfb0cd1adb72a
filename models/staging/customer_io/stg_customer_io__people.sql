-- One row per accepted record of customer_io.people.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

accepted as (
    {{ accepted_rows('base_customer_io__people') }}
)

select
    -- ids
    {{ record_key('customer_io', 'cio_id') }} as record_key,
    cio_id,
    id as source_customer_id,

    -- contact points
    {{ normalise_email('email') }} as email,
    email as email_original,
    {{ normalise_phone('phone') }} as phone,
    phone as phone_original,

    -- what the platform keeps of them
    attributes,
    language,
    time_zone,
    coalesce(suppressed, false) as is_suppressed,
    coalesce(unsubscribed, false) as is_unsubscribed,

    -- times
    created_at,
    loaded_at
from accepted

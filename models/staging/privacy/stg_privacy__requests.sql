-- One row per accepted record of privacy.requests. A phone number that cannot be read still names
-- the record, so that the request is not lost.
{{ config(enabled=source_is_enabled('privacy')) }}

with

accepted as (
    {{ accepted_rows('base_privacy__requests') }}
),

normalised as (
    select
        *,
        {{ normalise_email('email') }} as normalised_email,
        {{ normalise_phone('phone') }} as normalised_phone
    from accepted
)

select
    -- ids
    request_id as source_request_id,
    {{ party_record_key(
        'privacy', 'customer_id', 'normalised_email', 'coalesce(normalised_phone, phone)'
    ) }} as record_key,
    coalesce(customer_id, normalised_email, normalised_phone, phone) as source_record_id,
    customer_id as retail_customer_id,

    -- contact points
    normalised_email as email,
    email as email_original,
    normalised_phone as phone,
    phone as phone_original,

    -- what is asked for
    request_type,

    -- times
    received_at,
    due_at,
    completed_at,
    loaded_at
from normalised

-- One row per accepted record of privacy.consent_events. Whose id customer_id is, source_system
-- says: retail's where it says nothing, the number of a CRM account for salesforce. A phone number
-- that cannot be read still names the record, so that its consent is not lost.
{{ config(enabled=source_is_enabled('privacy')) }}

with

accepted as (
    {{ accepted_rows('base_privacy__consent_events') }}
),

normalised as (
    select
        *,
        {{ normalise_email('email') }} as normalised_email,
        {{ normalise_phone('phone') }} as normalised_phone,
        lower(coalesce(source_system, 'retail')) as customer_id_system
    from accepted
)

select
    -- ids
    event_id as source_event_id,
    {{ party_record_key(
        'privacy', 'customer_id', 'normalised_email', 'coalesce(normalised_phone, phone)'
    ) }} as record_key,
    coalesce(customer_id, normalised_email, normalised_phone, phone) as source_record_id,
    case when customer_id_system = 'retail' then customer_id end as retail_customer_id,
    case when customer_id_system = 'salesforce' then customer_id end as account_number,

    -- contact points
    normalised_email as email,
    email as email_original,
    normalised_phone as phone,
    phone as phone_original,

    -- what was consented to
    purpose,
    granted as is_granted,
    lower(method) as method,
    policy_version,

    -- times
    occurred_at,
    loaded_at
from normalised

-- One row per person that consented or asked for something and identifier.
{{ config(enabled=source_is_enabled('privacy')) }}

with

consent_events as (
    select * from {{ ref('stg_privacy__consent_events') }}
),

requests as (
    select * from {{ ref('stg_privacy__requests') }}
),

sightings as (
    select
        record_key,
        retail_customer_id,
        account_number,
        email,
        phone,
        occurred_at as first_seen_at,
        occurred_at as last_seen_at
    from consent_events
    union all
    select
        record_key,
        retail_customer_id,
        {{ typed_null('string') }} as account_number,
        email,
        phone,
        received_at as first_seen_at,
        received_at as last_seen_at
    from requests
)

{{ identifiers_from('sightings', {
    'loyalty_id': 'retail_customer_id',
    'crm_account': 'account_number',
    'email': 'email',
    'phone': 'phone',
}) }}

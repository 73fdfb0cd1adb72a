-- One row per customer, email or telephone that a ticket or an interaction quotes. An interaction
-- without a customer is seen as its ticket's.
{{ config(enabled=source_is_enabled('support')) }}

with

tickets as (
    select * from {{ ref('stg_support__tickets') }}
),

interactions as (
    select * from {{ ref('stg_support__interactions') }}
),

sightings as (
    select
        record_key,
        source_customer_id,
        email,
        phone,
        full_name,
        created_at as seen_at
    from tickets
    union all
    select
        coalesce(interactions.record_key, tickets.record_key) as record_key,
        coalesce(interactions.source_customer_id, tickets.source_customer_id) as source_customer_id,
        {{ typed_null('string') }} as email,
        {{ typed_null('string') }} as phone,
        {{ typed_null('string') }} as full_name,
        interactions.interacted_at as seen_at
    from interactions
    left join tickets
        on interactions.source_ticket_id = tickets.source_ticket_id
),

records as (
    {{ records_of_sightings(
        'sightings', id='source_customer_id', latest=['email', 'phone', 'full_name']
    ) }}
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'organisation_name', 'birth_date', 'gender',
        'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    record_key,
    'support' as source_name,
    'respondent' as record_kind,
    coalesce(source_customer_id, email, phone) as source_record_id,
    'person' as party_type,
    {{ given_name_of('full_name') }} as first_name,
    {{ family_name_of('full_name') }} as last_name,
    email,
    phone,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

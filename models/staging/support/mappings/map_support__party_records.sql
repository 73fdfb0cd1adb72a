-- One row per customer or email that a ticket or an interaction quotes. An interaction without a
-- customer is seen as its ticket's.
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
        created_at as seen_at
    from tickets
    union all
    select
        coalesce(interactions.record_key, tickets.record_key) as record_key,
        coalesce(interactions.source_customer_id, tickets.source_customer_id) as source_customer_id,
        {{ typed_null('string') }} as email,
        interactions.interacted_at as seen_at
    from interactions
    left join tickets
        on interactions.source_ticket_id = tickets.source_ticket_id
),

records as (
    {{ records_of_sightings('sightings', id='source_customer_id') }}
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code',
        'country_code',
        'account_type', 'account_status', 'industry', 'account_owner',
    ]) }}
    record_key,
    'support' as source_name,
    'respondent' as record_kind,
    coalesce(source_customer_id, email) as source_record_id,
    'person' as party_type,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

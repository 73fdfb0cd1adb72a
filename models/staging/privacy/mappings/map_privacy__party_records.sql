-- One row per customer id, and per email or phone that came without one, that consented or asked
-- for something. Email and phone are the ones seen last.
{{ config(enabled=source_is_enabled('privacy')) }}

with

consent_events as (
    select * from {{ ref('stg_privacy__consent_events') }}
),

requests as (
    select * from {{ ref('stg_privacy__requests') }}
),

identifiers as (
    select * from {{ ref('map_privacy__party_identifiers') }}
),

sightings as (
    select
        record_key,
        source_record_id,
        account_number,
        occurred_at as seen_at
    from consent_events
    union all
    select
        record_key,
        source_record_id,
        {{ typed_null('string') }} as account_number,
        received_at as seen_at
    from requests
),

records as (
    select
        record_key,
        source_record_id,
        max(account_number) as account_number,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from sightings
    group by 1, 2
),

contact_points as (
    {{ records_of_identifiers('identifiers', {'email': 'email', 'phone': 'phone'}) }}
)

select
    {{ not_supplied('party_records', [
        'member_of_record_key', 'first_name', 'last_name', 'organisation_name', 'birth_date',
        'gender', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    records.record_key,
    'privacy' as source_name,
    'respondent' as record_kind,
    records.source_record_id,
    'person' as party_type,
    records.account_number,
    contact_points.email,
    contact_points.phone,
    records.first_seen_at,
    records.last_seen_at,
    false as is_deleted
from records
left join contact_points
    on records.record_key = contact_points.record_key

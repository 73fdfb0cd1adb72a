-- One row per person of the messaging platform: those it lists, and those that only a device or
-- delivery quotes.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

identifiers as (
    select * from {{ ref('map_customer_io__party_identifiers') }}
),

people as (
    select * from {{ ref('stg_customer_io__people') }}
),

records as (
    select
        record_key,
        max(case when identifier_type = 'cio_id' then identifier_value end) as cio_id,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from identifiers
    group by 1
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner',
    ]) }}
    records.record_key,
    'customer_io' as source_name,
    case when people.record_key is not null then 'subscriber' else 'respondent' end as record_kind,
    records.cio_id as source_record_id,
    'person' as party_type,
    people.email,
    people.phone,
    people.language,
    people.time_zone,
    records.first_seen_at,
    records.last_seen_at,
    false as is_deleted
from records
left join people
    on records.record_key = people.record_key

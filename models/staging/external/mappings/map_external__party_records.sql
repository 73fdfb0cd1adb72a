-- One row per customer id, and per email address that came without one, that a profile describes or
-- only a measurement of sentiment quotes. Email and gender are the ones stated last.
{{ config(enabled=source_is_enabled('external')) }}

with

identifiers as (
    select * from {{ ref('map_external__party_identifiers') }}
),

profiles as (
    select * from {{ ref('stg_external__profiles') }}
),

records as (
    {{ records_of_identifiers('identifiers', {'customer_id': 'loyalty_id', 'email': 'email'}) }}
),

ranked_profiles as (
    select
        record_key,
        gender,
        row_number() over (
            partition by record_key
            order by
                case when gender is null then 1 else 0 end,
                updated_at desc nulls last,
                source_profile_id
        ) as recency_rank
    from profiles
),

latest_profiles as (
    select
        record_key,
        gender
    from ranked_profiles
    where recency_rank = 1
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'phone', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    records.record_key,
    'external' as source_name,
    case when latest_profiles.record_key is not null then 'profile' else 'respondent' end
        as record_kind,
    coalesce(records.customer_id, records.email) as source_record_id,
    'person' as party_type,
    latest_profiles.gender,
    records.email,
    records.first_seen_at,
    records.last_seen_at,
    false as is_deleted
from records
left join latest_profiles
    on records.record_key = latest_profiles.record_key

-- One row per cookie, per device seen without one, and per login seen without either. Email and
-- phone are the ones seen last on it. Where a browser was seen is not where its owner lives: the
-- events keep the place, the record has no address.
{{ config(enabled=source_is_enabled('web')) }}

with

identifiers as (
    select * from {{ ref('map_web__party_identifiers') }}
),

records as (
    {{ records_of_identifiers('identifiers', {'email': 'email', 'phone': 'phone'}) }}
),

named as (
    select
        *,
        split_part(record_key, ':', 2) as id_kind
    from records
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    record_key,
    'web' as source_name,
    case when id_kind = 'login' then 'login' else 'browser' end as record_kind,
    substr(record_key, length('web::') + length(id_kind) + 1) as source_record_id,
    'person' as party_type,
    email,
    phone,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from named

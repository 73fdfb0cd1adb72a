-- One row per cookie, per device seen without one, and per login seen without either. Email and
-- phone are the ones seen last on it. Where a browser was seen is not where its owner lives: the
-- events keep the place, the record has no address.
{{ config(enabled=source_is_enabled('web')) }}

with

identifiers as (
    select * from {{ ref('map_web__party_identifiers') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by record_key, identifier_type
            order by last_seen_at desc, identifier_value
        ) as recency_rank
    from identifiers
),

records as (
    select
        record_key,
        max(case when identifier_type = 'cookie_id' then identifier_value end) as cookie_id,
        max(case when identifier_type = 'device_id' then identifier_value end) as device_id,
        max(case when identifier_type = 'login_id' then identifier_value end) as login_id,
        max(case when identifier_type = 'email' and recency_rank = 1 then identifier_value end)
            as email,
        max(case when identifier_type = 'phone' and recency_rank = 1 then identifier_value end)
            as phone,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from ranked
    group by 1
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
    ]) }}
    record_key,
    'web' as source_name,
    case when coalesce(cookie_id, device_id) is not null then 'browser' else 'login' end
        as record_kind,
    coalesce(cookie_id, device_id, login_id) as source_record_id,
    'person' as party_type,
    email,
    phone,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

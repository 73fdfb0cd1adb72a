-- One row per customer id, and per email address that came without one, that marketing wrote to or
-- knows a preference of. The email of a customer is the one seen last.
{{ config(enabled=source_is_enabled('marketing')) }}

with

identifiers as (
    select * from {{ ref('map_marketing__party_identifiers') }}
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
        max(case when identifier_type = 'loyalty_id' then identifier_value end) as customer_id,
        max(case when identifier_type = 'email' and recency_rank = 1 then identifier_value end)
            as email,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from ranked
    group by 1
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code',
        'country_code',
    ]) }}
    record_key,
    'marketing' as source_name,
    'subscriber' as record_kind,
    coalesce(customer_id, email) as source_record_id,
    'person' as party_type,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

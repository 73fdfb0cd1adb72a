-- One row per customer id, and per email address that came without one, that marketing wrote to or
-- knows a preference of. The email of a customer is the one seen last.
{{ config(enabled=source_is_enabled('marketing')) }}

with

identifiers as (
    select * from {{ ref('map_marketing__party_identifiers') }}
),

records as (
    {{ records_of_identifiers('identifiers', {'customer_id': 'loyalty_id', 'email': 'email'}) }}
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code',
        'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
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

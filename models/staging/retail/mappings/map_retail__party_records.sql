-- One row per retail customer: the registered ones, those that only a transaction quotes, and
-- guests, whom a transaction knows by an email or telephone alone.
{{ config(enabled=source_is_enabled('retail')) }}

with

customers as (
    select * from {{ ref('stg_retail__customers') }}
),

transactions as (
    select * from {{ ref('stg_retail__transactions') }}
),

buyers as (
    select
        record_key,
        source_customer_id,
        -- of the spellings of a name, one that is not all capitals
        max(guest_name) as guest_name,
        max(guest_email) as guest_email,
        max(guest_phone) as guest_phone,
        min(transacted_at) as first_seen_at,
        max(transacted_at) as last_seen_at
    from transactions
    where record_key is not null
    group by 1, 2
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'organisation_name',
        'account_type', 'account_status', 'industry', 'account_owner',
    ]) }}
    coalesce(customers.record_key, buyers.record_key) as record_key,
    'retail' as source_name,
    case
        when customers.record_key is not null then 'profile'
        when buyers.source_customer_id is not null then 'respondent'
        else 'guest'
    end as record_kind,
    coalesce(
        customers.source_customer_id, buyers.source_customer_id,
        buyers.guest_email, buyers.guest_phone
    ) as source_record_id,
    'person' as party_type,
    coalesce(customers.first_name, {{ given_name_of('buyers.guest_name') }}) as first_name,
    coalesce(customers.last_name, {{ family_name_of('buyers.guest_name') }}) as last_name,
    customers.birth_date,
    customers.gender,
    customers.language,
    customers.time_zone,
    coalesce(customers.email, buyers.guest_email) as email,
    coalesce(customers.phone, buyers.guest_phone) as phone,
    customers.address_line_1,
    customers.city,
    customers.region,
    customers.postal_code,
    customers.country_code,
    coalesce(
        {{ smallest_of([
            'customers.registered_at', 'customers.last_login_at', 'buyers.first_seen_at',
        ]) }},
        customers.loaded_at
    ) as first_seen_at,
    coalesce(
        {{ largest_of([
            'customers.registered_at', 'customers.last_login_at', 'buyers.last_seen_at',
        ]) }},
        customers.loaded_at
    ) as last_seen_at,
    coalesce(customers.is_deleted, false) as is_deleted
from customers
full outer join buyers
    on customers.record_key = buyers.record_key

-- One row per retail customer: the registered ones, and those that only a transaction quotes.
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
    case when customers.record_key is not null then 'profile' else 'respondent' end as record_kind,
    coalesce(customers.source_customer_id, buyers.source_customer_id) as source_record_id,
    'person' as party_type,
    customers.first_name,
    customers.last_name,
    customers.birth_date,
    customers.gender,
    customers.email,
    customers.phone,
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
    false as is_deleted
from customers
full outer join buyers
    on customers.record_key = buyers.record_key

-- One row per billing account that a transaction, a subscription or usage quotes.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

billing_transactions as (
    select * from {{ ref('stg_oracle_brm__billing_transaction') }}
),

subscriptions as (
    select * from {{ ref('stg_oracle_brm__subscription') }}
),

metered_usage as (
    select * from {{ ref('stg_oracle_brm__usage') }}
),

sightings as (
    select
        record_key,
        account_number,
        transacted_at as seen_at
    from billing_transactions
    union all
    select
        record_key,
        account_number,
        cast(start_date as {{ dbt.type_timestamp() }}) as seen_at
    from subscriptions
    union all
    select
        record_key,
        account_number,
        cast(usage_date as {{ dbt.type_timestamp() }}) as seen_at
    from metered_usage
),

records as (
    select
        record_key,
        account_number,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from sightings
    group by 1, 2
)

select
    {{ not_supplied('party_records', [
        'party_type', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'email', 'phone', 'address_line_1', 'city', 'region', 'postal_code',
        'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    record_key,
    'oracle_brm' as source_name,
    'billing_account' as record_kind,
    account_number as source_record_id,
    account_number,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

-- One row per retail customer or guest and identifier, with every telephone that a guest ever gave.
{{ config(enabled=source_is_enabled('retail')) }}

with

records as (
    select * from {{ ref('map_retail__party_records') }}
),

transactions as (
    select * from {{ ref('stg_retail__transactions') }}
),

carriers as (
    select
        record_key,
        source_record_id as source_customer_id,
        email,
        phone,
        first_seen_at,
        last_seen_at
    from records
    where record_kind <> 'guest'
    union all
    select
        record_key,
        source_customer_id,
        guest_email as email,
        guest_phone as phone,
        transacted_at as first_seen_at,
        transacted_at as last_seen_at
    from transactions
    where source_customer_id is null
)

{{ identifiers_from('carriers', {
    'loyalty_id': 'source_customer_id',
    'email': 'email',
    'phone': 'phone',
}) }}

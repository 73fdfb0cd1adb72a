-- One row per record and identifier, with every email and telephone that ever wrote for it.
{{ config(enabled=source_is_enabled('support')) }}

with

records as (
    select * from {{ ref('map_support__party_records') }}
),

tickets as (
    select * from {{ ref('stg_support__tickets') }}
),

carriers as (
    select
        record_key,
        case
            when record_key = {{ record_key('support', 'source_record_id') }} then source_record_id
        end as source_customer_id,
        {{ typed_null('string') }} as email,
        {{ typed_null('string') }} as phone,
        first_seen_at,
        last_seen_at
    from records
    union all
    select
        record_key,
        {{ typed_null('string') }} as source_customer_id,
        email,
        phone,
        created_at as first_seen_at,
        created_at as last_seen_at
    from tickets
)

{{ identifiers_from('carriers', {
    'loyalty_id': 'source_customer_id',
    'email': 'email',
    'phone': 'phone',
}) }}

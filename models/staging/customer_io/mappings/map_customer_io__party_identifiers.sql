-- One row per person of the messaging platform and identifier. A table: the deliveries are
-- aggregated here, once, and the records take their times from what comes out.
{{ config(materialized='table', enabled=source_is_enabled('customer_io')) }}

with

people as (
    select * from {{ ref('stg_customer_io__people') }}
),

devices as (
    select * from {{ ref('stg_customer_io__devices') }}
),

deliveries as (
    select * from {{ ref('stg_customer_io__deliveries') }}
),

sightings as (
    select
        record_key,
        cio_id,
        source_customer_id,
        email,
        phone,
        {{ typed_null('string') }} as device_id,
        {{ typed_null('string') }} as push_token,
        coalesce(created_at, loaded_at) as first_seen_at,
        coalesce(created_at, loaded_at) as last_seen_at
    from people
    union all
    select
        record_key,
        cio_id,
        {{ typed_null('string') }} as source_customer_id,
        {{ typed_null('string') }} as email,
        {{ typed_null('string') }} as phone,
        device_id,
        push_token,
        coalesce(last_used_at, loaded_at) as first_seen_at,
        coalesce(last_used_at, loaded_at) as last_seen_at
    from devices
    union all
    select
        record_key,
        cio_id,
        {{ typed_null('string') }} as source_customer_id,
        {{ typed_null('string') }} as email,
        {{ typed_null('string') }} as phone,
        {{ typed_null('string') }} as device_id,
        {{ typed_null('string') }} as push_token,
        min(created_at) as first_seen_at,
        max(created_at) as last_seen_at
    from deliveries
    group by 1, 2
)

{{ identifiers_from('sightings', {
    'cio_id': 'cio_id',
    'loyalty_id': 'source_customer_id',
    'email': 'email',
    'phone': 'phone',
    'device_id': 'device_id',
    'push_token': 'push_token',
}) }}

-- One row per customer or address that a profile or measurement quotes and identifier.
{{ config(enabled=source_is_enabled('external')) }}

with

profiles as (
    select * from {{ ref('stg_external__profiles') }}
),

sentiment as (
    select * from {{ ref('stg_external__sentiment') }}
),

sightings as (
    select
        record_key,
        source_customer_id,
        email,
        coalesce(updated_at, loaded_at) as first_seen_at,
        coalesce(updated_at, loaded_at) as last_seen_at
    from profiles
    union all
    select
        record_key,
        source_customer_id,
        {{ typed_null('string') }} as email,
        measured_at as first_seen_at,
        measured_at as last_seen_at
    from sentiment
)

{{ identifiers_from('sightings', {
    'loyalty_id': 'source_customer_id',
    'email': 'email',
}) }}

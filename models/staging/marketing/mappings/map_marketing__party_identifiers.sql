-- One row per customer or address that marketing knows and identifier. A table: the engagement is
-- aggregated here, once, and the records are made of what comes out.
{{ config(materialized='table', enabled=source_is_enabled('marketing')) }}

with

engagement_events as (
    select * from {{ ref('stg_marketing__engagement_events') }}
),

preferences as (
    select * from {{ ref('stg_marketing__preferences') }}
),

sightings as (
    select
        record_key,
        source_customer_id,
        email,
        min(engaged_at) as first_seen_at,
        max(engaged_at) as last_seen_at
    from engagement_events
    group by 1, 2, 3
    union all
    select
        record_key,
        source_customer_id,
        {{ typed_null('string') }} as email,
        min(stated_at) as first_seen_at,
        max(stated_at) as last_seen_at
    from preferences
    group by 1, 2
)

{{ identifiers_from('sightings', {
    'loyalty_id': 'source_customer_id',
    'email': 'email',
}) }}

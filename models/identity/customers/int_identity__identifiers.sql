-- One row per record and identifier: the customer that is known by it, and what the link may do.
{{ config(materialized='view') }}

with

links as (
    select * from {{ ref('int_identity__links') }}
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
)

select
    -- ids
    identity_map.customer_id,
    links.record_key,

    -- the identifier
    links.identifier_type,
    links.identifier_value,
    links.is_shareable,
    links.dropped_because,

    -- times
    links.first_seen_at,
    links.last_seen_at
from links
inner join identity_map using (record_key)

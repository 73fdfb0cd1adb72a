-- One row per record and identifier: every contact point and id under which a customer is known.
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
    links.dropped_because is null as is_linking,
    links.dropped_because,

    -- times
    links.first_seen_at,
    links.last_seen_at
from links
inner join identity_map using (record_key)

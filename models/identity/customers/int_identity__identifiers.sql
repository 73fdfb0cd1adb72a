-- One row per record and identifier, carried or remembered: the customer that is known by it, and
-- why it may join nobody.
{{ config(materialized='view') }}

with

links as (
    select * from {{ ref('int_identity__links') }}
),

-- links that turned out to join nobody
refused_links as (
    select * from {{ ref('int_identity__refusals') }}
    where other_node_id is null
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
    links.identifier_class,
    links.identifier_value,
    links.compared_value,
    coalesce(links.dropped_because, refused_links.reason) as dropped_because,

    -- times
    links.first_seen_at,
    links.last_seen_at,
    links.ended_at
from links
inner join identity_map using (record_key)
left join refused_links
    on links.node_id = refused_links.node_id
        and links.identifier_type = refused_links.identifier_type
        and links.compared_value = refused_links.identifier_value

-- One row per record: the customer it belongs to. The id comes from the anchor, the record of the
-- customer that was known first, so that it stays the same as records are added.
with

party_records as (
    select * from {{ ref('int_party_records') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

anchored as (
    select
        party_records.record_key,
        nodes.node_id,
        coalesce(clusters.component_id, nodes.node_id) as anchor_node_id
    from party_records
    inner join nodes using (record_key)
    left join clusters using (node_id)
)

select
    anchored.record_key,
    'cus_' || substr({{ dbt.hash('anchors.record_key') }}, 1, 16) as customer_id,
    anchored.node_id,
    anchored.anchor_node_id
from anchored
inner join nodes as anchors
    on anchored.anchor_node_id = anchors.node_id

-- One row per record that its source has today: the customer it belongs to.
with

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

party_records as (
    select * from {{ ref('int_party_records') }}
)

select
    anchors.record_key,
    anchors.customer_id,
    anchors.node_id,
    anchors.anchor_node_id
from anchors
inner join party_records using (record_key)

-- One row per customer that has a record in scope, or had one: every id that the anchors of the
-- scope give out or gave out.
{{ config(materialized='view') }}

with

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

scope as (
    select * from {{ ref('int_identity__scope') }}
),

touched_anchors as (
    select anchors.anchor_node_id
    from anchors
    inner join scope
        on anchors.node_id = scope.node_id
    group by 1
)

select {{ customer_id_of('anchors.record_key') }} as customer_id
from anchors
inner join touched_anchors
    on anchors.anchor_node_id = touched_anchors.anchor_node_id
group by 1

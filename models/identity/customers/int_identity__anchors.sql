-- One row per record ever seen: the customer it belongs to, or, of one that is gone, that of its
-- heir. A customer's id comes from its anchor, the record that was known first, also where that is
-- gone; so no id changes because a record goes.
{{ config(
    materialized='incremental',
    incremental_strategy='merge_changes',
    unique_key='node_id',
    full_refresh=false,
    transient=false,
    contract={'enforced': true},
    meta={'kept': 'identity'},
) }}

with

scope as (
    select * from {{ ref('int_identity__scope') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

known_records as (
    select * from {{ ref('int_identity__known_records') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

former as (
    {{ former_anchors() }}
),

-- the records in scope, and those that are gone and left their customers an id
touched as (
    select node_id
    from scope
    union
    select former.node_id
    from former
    inner join former as anchored
        on former.anchor_node_id = anchored.anchor_node_id
    inner join scope
        on anchored.node_id = scope.node_id
),

touched_nodes as (
    select nodes.*
    from nodes
    inner join touched
        on nodes.node_id = touched.node_id
),

present as (
    select
        nodes.node_id,
        coalesce(clusters.component_id, nodes.node_id) as cluster_id
    from touched_nodes as nodes
    inner join known_records
        on nodes.record_key = known_records.record_key
    left join clusters
        on nodes.node_id = clusters.node_id
),

-- the lowest record that is left of each customer, as it was
heirs as (
    select
        former.anchor_node_id,
        min(former.node_id) as node_id
    from former
    inner join present using (node_id)
    group by 1
),

gone as (
    select
        nodes.node_id,
        coalesce(former.anchor_node_id, nodes.node_id) as anchor_node_id,
        coalesce(chosen.node_id, heirs.node_id) as heir_node_id,
        coalesce(former.gone_at, {{ run_time() }}) as gone_at
    from touched_nodes as nodes
    left join present
        on nodes.node_id = present.node_id
    left join former
        on nodes.node_id = former.node_id
    left join present as chosen
        on former.heir_node_id = chosen.node_id
    left join heirs
        on coalesce(former.anchor_node_id, nodes.node_id) = heirs.anchor_node_id
    where present.node_id is null
),

members as (
    select
        node_id,
        cluster_id,
        {{ typed_null('bigint') }} as heir_node_id,
        {{ typed_null('timestamp') }} as gone_at
    from present
    union all
    select
        gone.node_id,
        -- (of a customer of whom nothing is left)
        coalesce(present.cluster_id, -gone.anchor_node_id) as cluster_id,
        gone.heir_node_id,
        gone.gone_at
    from gone
    left join present
        on gone.heir_node_id = present.node_id
),

anchored as (
    select
        *,
        case
            when cluster_id < 0 then -cluster_id else min(node_id) over (partition by cluster_id)
        end as anchor_node_id
    from members
)

select
    anchored.node_id,
    nodes.record_key,
    anchored.anchor_node_id,
    {{ customer_id_of('anchors.record_key') }} as customer_id,
    anchored.heir_node_id,
    anchored.gone_at
from anchored
inner join nodes
    on anchored.node_id = nodes.node_id
inner join nodes as anchors
    on anchored.anchor_node_id = anchors.node_id

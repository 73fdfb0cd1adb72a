-- One row per identifier and pair of customers that it would have joined, with the reason why it
-- did not: the evidence of both sides (docs/identity.md).
with

refusals as (
    select * from {{ ref('int_identity__refusals') }}
    where other_node_id is not null
),

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

-- (of two customers many records may have been refused: one of them tells why)
refused as (
    select
        refusals.tier,
        refusals.identifier_type,
        refusals.identifier_value,
        refusals.reason,
        refusals.evidence,
        refusals.other_evidence,
        lefts.customer_id,
        rights.customer_id as other_customer_id
    from refusals
    inner join anchors as lefts
        on refusals.node_id = lefts.node_id
    inner join anchors as rights
        on refusals.other_node_id = rights.node_id
    where lefts.customer_id <> rights.customer_id
    qualify row_number() over (
            partition by
                lefts.customer_id, rights.customer_id, refusals.tier, refusals.identifier_type,
                refusals.identifier_value, refusals.reason
            order by
                refusals.evidence nulls last, refusals.other_evidence nulls last, refusals.node_id,
                refusals.other_node_id
        ) = 1
)

select
    -- ids
    customer_id,
    other_customer_id,

    -- what would have joined them
    tier,
    identifier_type,
    identifier_value,

    -- why it did not
    reason,
    evidence,
    other_evidence
from refused

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

refused as (
    select
        refusals.*,
        lefts.customer_id,
        rights.customer_id as other_customer_id
    from refusals
    inner join anchors as lefts
        on refusals.node_id = lefts.node_id
    inner join anchors as rights
        on refusals.other_node_id = rights.node_id
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
    min(evidence) as evidence,
    min(other_evidence) as other_evidence
from refused
where customer_id <> other_customer_id
group by 1, 2, 3, 4, 5, 6

-- One row per customer id that is no more: the id that its first record has now.
with

periods as (
    select * from {{ ref('identity_map_history') }}
),

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

customers as (
    select customer_id
    from anchors
    where gone_at is null
    group by 1
),

-- ids that are no more, with the records that they had
former as (
    select
        periods.customer_id,
        periods.record_key,
        max(periods.valid_to) as valid_to
    from periods
    left join customers using (customer_id)
    where customers.customer_id is null
    group by 1, 2
)

select
    -- ids
    former.customer_id as former_customer_id,
    anchors.customer_id,

    -- times
    former.valid_to as replaced_at
from former
inner join anchors using (record_key)
inner join customers
    on anchors.customer_id = customers.customer_id
where former.customer_id = {{ customer_id_of('former.record_key') }}

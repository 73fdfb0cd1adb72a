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

-- ids that are no more
former as (
    select
        periods.customer_id,
        max(periods.valid_to) as valid_to
    from periods
    left join customers
        on periods.customer_id = customers.customer_id
    where customers.customer_id is null
    group by 1
),

-- and whose the record that each is made of is now
replaced as (
    select
        former.customer_id as former_customer_id,
        anchors.customer_id,
        former.valid_to as replaced_at
    from former
    inner join anchors
        on former.customer_id = {{ customer_id_of('anchors.record_key') }}
)

select
    -- ids
    replaced.former_customer_id,
    replaced.customer_id,

    -- times
    replaced.replaced_at
from replaced
inner join customers
    on replaced.customer_id = customers.customer_id

-- One row per pair of records that share an identifier: each record of a value with the lowest node
-- that carries it (a star, never all pairs). People and organisations never meet.
with

links as (
    select * from {{ ref('int_identity__links') }}
    where dropped_because is null
),

stars as (
    select
        node_id,
        min(node_id) over (
            partition by party_type, identifier_type, identifier_value, name_key
        ) as lowest_node_id
    from links
)

select
    lowest_node_id as node_a,
    node_id as node_b
from stars
where lowest_node_id < node_id
group by 1, 2

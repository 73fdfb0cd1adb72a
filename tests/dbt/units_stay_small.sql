-- A unit of over 50,000 records: whichever of them changes, all are made anew. The values that most
-- of its records share hold it together; who looks after identity sees which, with dbt show.
{{ config(severity='warn') }}
with

clusters as (
    select
        node_id,
        unit_id,
        count(*) over (partition by unit_id) as record_count
    from {{ ref('int_identity__clusters') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
    where dropped_because is null
)

select
    clusters.unit_id,
    clusters.record_count,
    links.identifier_type,
    links.compared_value as identifier_value,
    count(*) as carrier_count,
    'a value that is nobody''s goes into the seed identifier_blocklist; where such are many, '
    || 'lower max_records_per_value of their type in the seed identifier_types' as remedy
from clusters
inner join links
    on clusters.node_id = links.node_id
where clusters.record_count > 50000
group by 1, 2, 3, 4
qualify row_number() over (
        partition by clusters.unit_id order by count(*) desc, links.compared_value
    ) <= 3

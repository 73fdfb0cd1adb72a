-- A unit of over 50,000 records: whichever of them changes, all are made anew. Named is what most
-- of them share, which holds them together where no analyst linked them; dbt show has the value.
{{ config(severity='warn') }}
with

units as (
    select
        unit_id,
        count(*) as record_count
    from {{ ref('int_identity__clusters') }}
    group by 1
    having count(*) > 50000
),

carried as (
    select
        units.unit_id,
        units.record_count,
        links.identifier_type,
        links.compared_value as identifier_value,
        count(*) as carrier_count
    from units
    inner join {{ ref('int_identity__clusters') }} as clusters
        on units.unit_id = clusters.unit_id
    inner join {{ ref('int_identity__links') }} as links
        on clusters.node_id = links.node_id
    where links.dropped_because is null
    group by 1, 2, 3, 4
)

select
    unit_id,
    record_count,
    identifier_type,
    identifier_value,
    carrier_count,
    'a value that is nobody''s goes into the seed identifier_blocklist; where such are many, lower '
    || 'max_records_per_value of their type in identifier_types; a wrong link leaves '
    || 'identity_overrides' as remedy
from carried
qualify row_number() over (
        partition by unit_id order by carrier_count desc, identifier_type, identifier_value
    ) = 1

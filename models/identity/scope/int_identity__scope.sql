-- One row per record whose customer is made anew: those of every unit that a changed record belongs
-- to or belonged to. Within a unit (records connected by any link that may join, guards left aside)
-- nothing depends on what is outside of it. A queue, as int_identity__changed_records is.
{{ config(
    materialized='incremental',
    incremental_strategy='merge_changes',
    unique_key='node_id',
    meta={'due': {'int_identity__refusals': ['reconsidered_on']}},
) }}

{% set clusters = former('int_identity__clusters') if is_incremental() else none %}
{% set links = former('int_identity__links') if is_incremental() else none %}

with

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

changed_records as (
    select * from {{ ref('int_identity__changed_records') }}
),

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
    where is_joining_type and not is_blocked
),

crowded_values as (
    select * from {{ ref('int_identity__crowded_values') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
    where decision = 'link'
),

-- as the last run left them; without one every record is a unit of its own, and changed
units as (
    select
        node_id,
        {{ 'unit_id' if clusters else 'node_id as unit_id' }}
    from {{ clusters or ref('int_identity__nodes') }}
),

reconsidered as (
    select node_id
    from {{ refusals_of(clusters) if clusters else ref('int_identity__nodes') }}
    where {{ 'reconsidered_on <= ' ~ as_of_date() if clusters else '1 = 0' }}
),

formerly_crowded_values as (
    {% if links %}
        select
            party_type,
            identifier_type,
            compared_value
        from {{ links }}
        where dropped_because in ('hub', 'crowded_day')
        group by 1, 2, 3
    {% else %}
        select
            party_type,
            identifier_type,
            compared_value
        from crowded_values
    {% endif %}
),

crowding as (
    select
        coalesce(crowded.party_type, formerly.party_type) as party_type,
        coalesce(crowded.identifier_type, formerly.identifier_type) as identifier_type,
        coalesce(crowded.compared_value, formerly.compared_value) as compared_value,
        crowded.party_type is not null and formerly.party_type is not null as is_as_it_was
    from crowded_values as crowded
    full outer join formerly_crowded_values as formerly
        on crowded.party_type = formerly.party_type
            and crowded.identifier_type = formerly.identifier_type
            and crowded.compared_value = formerly.compared_value
),

changed as (
    select
        nodes.record_key,
        nodes.node_id
    from nodes
    {% if is_incremental() %}
        inner join changed_records
            on nodes.record_key = changed_records.record_key
    {% endif %}
),

touched_values as (
    select
        carried.identifier_type,
        carried.compared_value
    from carried
    inner join changed
        on carried.record_key = changed.record_key
    left join crowding
        on carried.party_type = crowding.party_type
            and carried.identifier_type = crowding.identifier_type
            and carried.compared_value = crowding.compared_value
    where not coalesce(crowding.is_as_it_was, false)
    union
    select
        identifier_type,
        compared_value
    from crowding
    where not is_as_it_was
),

-- whom an analyst links with a changed record, which may have been waited for
linked_records as (
    select overrides.right_record_key as record_key
    from overrides
    inner join changed
        on overrides.left_record_key = changed.record_key
    union
    select overrides.left_record_key as record_key
    from overrides
    inner join changed
        on overrides.right_record_key = changed.record_key
),

touched as (
    select node_id
    from changed
    union
    select nodes.node_id
    from nodes
    inner join linked_records
        on nodes.record_key = linked_records.record_key
    union
    select carried.node_id
    from carried
    inner join touched_values
        on carried.identifier_type = touched_values.identifier_type
            and carried.compared_value = touched_values.compared_value
    union
    select node_id
    from reconsidered
),

touched_units as (
    select units.unit_id
    from units
    inner join touched
        on units.node_id = touched.node_id
    group by 1
),

scope as (
    select node_id
    from touched
    union
    select units.node_id
    from units
    inner join touched_units
        on units.unit_id = touched_units.unit_id
)

select
    nodes.node_id,
    nodes.record_key
from nodes
inner join scope
    on nodes.node_id = scope.node_id

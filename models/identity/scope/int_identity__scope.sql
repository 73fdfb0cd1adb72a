-- One row per record whose customer is made anew: those of every unit that a changed record belongs
-- to or belonged to. Within a unit (records connected by any link that may join, guards left aside)
-- nothing depends on what is outside of it. A queue, as int_identity__changed_records is.
{{ config(
    materialized='incremental',
    incremental_strategy='merge_changes',
    unique_key='node_id',
    meta={'due': {'int_identity__refusals': ['reconsidered_on']}},
) }}

{% set clusters = former('int_identity__clusters') %}
{% set links = former('int_identity__links') %}
{% set is_in_part = is_incremental() and clusters and links %}
{% set made_on = identity_made_on() %}
{% do tell_identity_day() %}

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

shared_records as (
    select * from {{ ref('int_identity__shared_records') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
    where decision = 'link'
),

-- as the last run left them
units as (
    select
        node_id,
        {{ 'unit_id' if is_in_part else 'node_id as unit_id' }}
    from {{ clusters if is_in_part else ref('int_identity__nodes') }}
),

reconsidered as (
    select node_id
    from {{ refusals_of(clusters) if is_in_part else ref('int_identity__nodes') }}
    where {{ 'reconsidered_on <= ' ~ as_of_date() if is_in_part else '1 = 0' }}
        {{ "and reconsidered_on > cast('" ~ made_on ~ "' as date)" if is_in_part and made_on }}
),

-- links of values that have become, or are no more, too crowded to join
recounted as (
    {% if is_in_part %}
        select links.node_id
        from {{ links }} as links
        left join crowded_values
            on links.party_type = crowded_values.party_type
                and links.identifier_type = crowded_values.identifier_type
                and links.compared_value = crowded_values.compared_value
        where (links.dropped_because is null or links.dropped_because in ('hub', 'crowded_day'))
            and links.dropped_because is distinct from crowded_values.dropped_because
        group by 1
    {% else %}
        select node_id
        from nodes
    {% endif %}
),

changed as (
    select
        nodes.record_key,
        nodes.node_id
    from nodes
    inner join changed_records
        on nodes.record_key = changed_records.record_key
),

-- (none by which many people's record touches others: where it was one's, its unit is there)
touched_values as (
    select
        carried.identifier_type,
        carried.compared_value
    from carried
    inner join changed
        on carried.record_key = changed.record_key
    left join shared_records
        on carried.record_key = shared_records.record_key
    left join crowded_values
        on carried.party_type = crowded_values.party_type
            and carried.identifier_type = crowded_values.identifier_type
            and carried.compared_value = crowded_values.compared_value
    where crowded_values.compared_value is null and shared_records.record_key is null
    group by 1, 2
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
    from recounted
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

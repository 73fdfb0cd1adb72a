-- One row per node that shares a value with another: the lowest node of its cluster, and that of
-- its unit. A run makes those in scope, and leaves the others as they are. The query hands over
-- what may join (links that are not dropped, pairs that an analyst links), what keeps apart (pairs
-- that an analyst keeps apart) and what the records say of who they are (docs/identity.md).
{{ config(
    materialized='tiered_components',
    meta={
        'entities': 'int_identity__scope',
        'due': {'int_identity__refusals': ['reconsidered_on']},
    },
) }}
-- depends_on: {{ ref('nicknames') }}
-- depends_on: {{ ref('int_identity__nodes') }}, {{ ref('int_identity__scope') }}

with

nodes as (
    select
        node_id,
        record_key
    from {{ ref('int_identity__scope') if is_made_in_part() else ref('int_identity__nodes') }}
),

links as (
    select links.*
    from {{ ref('int_identity__links') }} as links
    {% if is_made_in_part() %}
        inner join nodes
            on links.node_id = nodes.node_id
    {% endif %}
),

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

known_records as (
    select * from {{ ref('int_identity__known_records') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
),

isolated as (
    select left_record_key as record_key
    from overrides
    where decision = 'isolate'
    group by 1
),

-- each record of a pair, with the pair as the value that both carry
sides as (
    select
        decision,
        left_record_key || ' ' || right_record_key as pair,
        left_record_key as record_key
    from overrides
    where decision in ('link', 'unlink')
    union all
    select
        decision,
        left_record_key || ' ' || right_record_key as pair,
        right_record_key as record_key
    from overrides
    where decision in ('link', 'unlink')
)

select
    node_id,
    identifier_class,
    party_type,
    identifier_type,
    compared_value as identifier_value,
    needs_name,
    needs_birth_date,
    max_people_per_value,
    max_values_per_customer,
    window_days,
    case when first_seen_at is not null then greatest(first_seen_at, carried_since) end
        as first_seen_at,
    last_seen_at,
    ended_at,
    {{ typed_null('string') }} as given_name,
    {{ typed_null('string') }} as second_name,
    {{ typed_null('string') }} as family_name,
    {{ typed_null('string') }} as name_suffix,
    {{ typed_null('string') }} as full_name,
    {{ typed_null('date') }} as birth_date
from links
where dropped_because is null

union all

select
    nodes.node_id,
    case when sides.decision = 'link' then 'override' else 'unlink' end as identifier_class,
    known_records.party_type,
    case when sides.decision = 'link' then 'override' else sides.pair end as identifier_type,
    case when sides.decision = 'link' then sides.pair else sides.record_key end
        as identifier_value,
    false as needs_name,
    false as needs_birth_date,
    {{ typed_null('int') }} as max_people_per_value,
    case when sides.decision = 'unlink' then 1 end as max_values_per_customer,
    {{ typed_null('int') }} as window_days,
    {{ typed_null('timestamp') }} as first_seen_at,
    {{ typed_null('timestamp') }} as last_seen_at,
    {{ typed_null('timestamp') }} as ended_at,
    {{ typed_null('string') }} as given_name,
    {{ typed_null('string') }} as second_name,
    {{ typed_null('string') }} as family_name,
    {{ typed_null('string') }} as name_suffix,
    {{ typed_null('string') }} as full_name,
    {{ typed_null('date') }} as birth_date
from sides
inner join nodes using (record_key)
inner join known_records using (record_key)
left join isolated using (record_key)
where isolated.record_key is null

union all

select
    nodes.node_id,
    'profile' as identifier_class,
    'person' as party_type,
    'profile' as identifier_type,
    {{ typed_null('string') }} as identifier_value,
    false as needs_name,
    false as needs_birth_date,
    {{ typed_null('int') }} as max_people_per_value,
    {{ typed_null('int') }} as max_values_per_customer,
    {{ typed_null('int') }} as window_days,
    {{ typed_null('timestamp') }} as first_seen_at,
    {{ typed_null('timestamp') }} as last_seen_at,
    {{ typed_null('timestamp') }} as ended_at,
    profiles.given_name,
    profiles.second_name,
    profiles.family_name,
    profiles.name_suffix,
    profiles.full_name,
    profiles.birth_date
from profiles
inner join nodes using (record_key)

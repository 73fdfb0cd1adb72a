{#
    The queries of one tier of the materialisation tiered_components, one macro a step. `found` holds
    the relations of the steps before, and the tier.

    carriers: value_id, cluster_id, first_seen_at, last_seen_at, ended_at (of those who carry it no
      more), is_known, is_hub, is_of_former (goes with those to whom it is claimed), is_out_of_window; of
      values that two clusters carry.
    claimed: value_id, cluster_id, is_known; those who carry it no more where it is another's now. Where
      there are any, the carriers are without them.
    cluster_profiles: cluster_id, profile_id; cluster_keys: cluster_id and its keys with a cap.
    groups: group_id, value_id, kind (value, name, birth_date), cluster_id, is_known, strength; those
      whom a value would join: all its carriers, those of one full name, and of one birth date, too.
    contradictions: group_id, reason, two profiles or a key_type.
    disputants: value_id, cluster_id, rival_seen_at (when the first of its rivals came to the value),
      has_present_rival (1 or 0: whether one carries it still).
    owners: value_id, cluster_id, is_known, rival_seen_at.
    neighbours: silent_cluster_id, known_cluster_id, value_id, is_known (not always of an owner).
    joins: node_a, node_b, value_id, strength (1: of silent clusters; 3: of one full name).
#}

{% macro tier_carriers_sql(found) -%}
    {%- set is_known = {
        'override': '1 = 1',
        'key': 'people.has_profile = 1',
        'contact': 'people.has_profile = 1',
        'device': 'people.cluster_id is not null',
    }[found.tier] -%}
    {%- set is_person = {
        'override': '1 = 0',
        'key': 'people.has_profile = 1',
        'contact': 'people.has_profile = 1 or people.has_key = 1',
        'device': '1 = 0',
    }[found.tier] -%}
    with

    carried as (
        select
            sightings.value_id,
            coalesce(labels.cluster_id, sightings.node_id) as cluster_id,
            min(sightings.first_seen_at) as first_seen_at,
            max(sightings.last_seen_at) as last_seen_at,
            case when count(sightings.ended_at) = count(*) then max(sightings.ended_at) end
                as ended_at
        from {{ found.sightings }} as sightings
        inner join {{ found.shared_values }} as shared_values
            on sightings.value_id = shared_values.value_id
        left join {{ found.labels }} as labels
            on sightings.node_id = labels.node_id
        where shared_values.identifier_class = '{{ found.tier }}'
        group by 1, 2
    ),

    shared as (
        select *
        from carried
        qualify count(*) over (partition by value_id) > 1
    ),

    people as (
        select
            coalesce(labels.cluster_id, evidence.node_id) as cluster_id,
            max(evidence.has_profile) as has_profile,
            max(evidence.has_key) as has_key
        from {{ found.evidence }} as evidence
        left join {{ found.labels }} as labels
            on evidence.node_id = labels.node_id
        group by 1
    ),

    described as (
        select
            shared.value_id,
            shared.cluster_id,
            shared.first_seen_at,
            shared.last_seen_at,
            shared.ended_at,
            coalesce({{ is_known }}, false) as is_known,
            coalesce(
                sum(case when {{ is_person }} then 1 else 0 end) over (partition by shared.value_id)
                > shared_values.max_people_per_value,
                false
            ) as is_hub,
            false as is_of_former,
            false as is_claimed,
            shared_values.window_days
        from shared
        inner join {{ found.shared_values }} as shared_values
            on shared.value_id = shared_values.value_id
        left join people
            on shared.cluster_id = people.cluster_id
    )

    {{ tier_seen_in_window_sql(found) }}
{%- endmacro %}


{#
    The carriers of a value (the CTE `described`) but for those to whom it is claimed, and which of them
    were seen too long before or after the one who is known by it.
#}
{% macro tier_seen_in_window_sql(found) -%}
    select
        described.value_id,
        described.cluster_id,
        described.first_seen_at,
        described.last_seen_at,
        described.ended_at,
        described.is_known,
        described.is_hub,
        described.is_of_former,
        {%- if found.tier == 'device' %}
        -- (what lies between two times: none where they overlap)
        not described.is_known and coalesce(people_there.people_count, 0) = 1 and coalesce(
            greatest(
                {{ dbt.datediff('people_there.last_seen_at', 'described.first_seen_at', 'day') }},
                {{ dbt.datediff('described.last_seen_at', 'people_there.first_seen_at', 'day') }}
            ) > described.window_days,
            false
        ) as is_out_of_window
        {%- else %}
        false as is_out_of_window
        {%- endif %}
    from described
    {%- if found.tier == 'device' %}
    left join (
        select
            value_id,
            is_claimed,
            count(*) as people_count,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at
        from described
        where is_known
        group by 1, 2
    ) as people_there
        on described.value_id = people_there.value_id
        and described.is_of_former = people_there.is_claimed
    {%- endif %}
    where not described.is_claimed
{%- endmacro %}


{% macro tier_cluster_profiles_sql(found) -%}
    select
        coalesce(labels.cluster_id, profiles.node_id) as cluster_id,
        profiles.profile_id
    from {{ found.profiles }} as profiles
    left join {{ found.labels }} as labels
        on profiles.node_id = labels.node_id
    where coalesce(labels.cluster_id, profiles.node_id) in (
        select cluster_id from {{ found.carriers }}
    )
    group by 1, 2
{%- endmacro %}


{# In the tier of overrides only pairs kept apart count. #}
{% macro tier_cluster_keys_sql(found) -%}
    select
        coalesce(labels.cluster_id, own_keys.node_id) as cluster_id,
        own_keys.key_type,
        own_keys.key_value,
        own_keys.max_values,
        own_keys.reason
    from {{ found.own_keys }} as own_keys
    left join {{ found.labels }} as labels
        on own_keys.node_id = labels.node_id
    where coalesce(labels.cluster_id, own_keys.node_id) in (
        select cluster_id from {{ found.carriers }}
    )
    {%- if found.tier == 'override' %}
        and own_keys.reason = 'unlink'
    {%- endif %}
    group by 1, 2, 3, 4, 5
{%- endmacro %}


{% macro tier_groups_sql(found) -%}
    with

    carriers as (
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.is_known,
            shared_values.needs_name or shared_values.needs_birth_date as needs_name,
            shared_values.needs_birth_date
        from {{ found.carriers }} as carriers
        inner join {{ found.shared_values }} as shared_values
            on carriers.value_id = shared_values.value_id
        where not carriers.is_hub and not carriers.is_out_of_window
    ),

    described as (
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.needs_name,
            carriers.needs_birth_date,
            said.profile_id,
            said.full_name,
            said.birth_date
        from carriers
        inner join {{ found.cluster_profiles }} as cluster_profiles
            on carriers.cluster_id = cluster_profiles.cluster_id
        inner join {{ found.said }} as said
            on cluster_profiles.profile_id = said.profile_id
    ),

    -- whether the known carriers of a value say one thing, and whether it is a full name
    said_of_values as (
        select
            value_id,
            count(distinct profile_id) > 1 as is_mixed,
            count(distinct full_name) = 1 and count(full_name) = count(*) as is_one_name
        from described
        group by 1
    ),

    named as (
        select
            described.value_id,
            cast('name' as {{ dbt.type_string() }}) as kind,
            described.full_name as group_name,
            described.cluster_id
        from described
        inner join said_of_values
            on described.value_id = said_of_values.value_id
        where described.full_name is not null
            and not described.needs_birth_date
            and (described.needs_name or said_of_values.is_mixed)
        group by 1, 2, 3, 4
        union all
        select
            described.value_id,
            cast('birth_date' as {{ dbt.type_string() }}) as kind,
            described.full_name || ' ' || cast(described.birth_date as {{ dbt.type_string() }})
                as group_name,
            described.cluster_id
        from described
        inner join said_of_values
            on described.value_id = said_of_values.value_id
        where described.full_name is not null
            and described.birth_date is not null
            and (described.needs_name or said_of_values.is_mixed)
        group by 1, 2, 3, 4
    ),

    numbered as (
        select
            value_id,
            kind,
            group_name,
            row_number() over (order by value_id, kind, group_name) as group_number
        from named
        group by 1, 2, 3
    ),

    highest as (
        select max(value_id) as value_id from {{ found.shared_values }}
    )

    select
        carriers.value_id as group_id,
        carriers.value_id,
        cast('value' as {{ dbt.type_string() }}) as kind,
        carriers.cluster_id,
        carriers.is_known,
        {%- if found.tier == 'override' %}
        3 as strength
        {%- else %}
        case when said_of_values.is_one_name then 3 else 2 end as strength
        {%- endif %}
    from carriers
    left join said_of_values
        on carriers.value_id = said_of_values.value_id
    where not carriers.needs_name
    {%- if found.tier in ('key', 'contact') %}
    union all
    select
        cast(highest.value_id + numbered.group_number as {{ dbt.type_bigint() }}) as group_id,
        named.value_id,
        named.kind,
        named.cluster_id,
        true as is_known,
        3 as strength
    from named
    inner join numbered
        on named.value_id = numbered.value_id
        and named.kind = numbered.kind
        and named.group_name = numbered.group_name
    cross join highest
    {%- endif %}
{%- endmacro %}

{#
    The queries of one tier of the materialisation tiered_components, one macro a step. `found` holds
    the relations of the steps before, and the tier.

    carriers: value_id, cluster_id, first_seen_at, last_seen_at, is_known, is_hub, is_out_of_window; of
      values that two clusters carry.
    cluster_profiles: cluster_id, profile_id; cluster_keys: cluster_id and its keys with a cap.
    groups: group_id, value_id, kind (value, name, birth_date), cluster_id, is_known, strength; those
      whom a value would join: all its carriers, those of one full name, and of one birth date, too.
    contradictions: group_id, reason, two profiles or a key_type, two clusters.
    disputants: value_id, cluster_id, rival_seen_at (when the first of its rivals came to the value).
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
            max(sightings.last_seen_at) as last_seen_at
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
            coalesce({{ is_known }}, false) as is_known,
            coalesce(
                sum(case when {{ is_person }} then 1 else 0 end) over (partition by shared.value_id)
                > shared_values.max_people_per_value,
                false
            ) as is_hub,
            shared_values.window_days
        from shared
        inner join {{ found.shared_values }} as shared_values
            on shared.value_id = shared_values.value_id
        left join people
            on shared.cluster_id = people.cluster_id
    )
    {%- if found.tier == 'device' -%}
    ,

    -- when the known ones were there, and how many they are
    watched as (
        select
            *,
            sum(case when is_known then 1 else 0 end) over (partition by value_id) as known_count,
            min(case when is_known then first_seen_at end) over (partition by value_id)
                as known_first_seen_at,
            max(case when is_known then last_seen_at end) over (partition by value_id)
                as known_last_seen_at
        from described
    )
    {%- endif %}

    select
        value_id,
        cluster_id,
        first_seen_at,
        last_seen_at,
        is_known,
        is_hub,
        {%- if found.tier == 'device' %}
        -- (what lies between two times: none where they overlap)
        not is_known and known_count = 1 and coalesce(
            greatest(
                {{ dbt.datediff('known_last_seen_at', 'first_seen_at', 'day') }},
                {{ dbt.datediff('last_seen_at', 'known_first_seen_at', 'day') }}
            ) > window_days,
            false
        ) as is_out_of_window
    from watched
        {%- else %}
        false as is_out_of_window
    from described
        {%- endif %}
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


{#
    Which groups of clusters contradict themselves, and by what: a row for each two profiles that do,
    and for each type of key of which there are too many.

    groups_sql: a query of group_id and cluster_id.
#}
{% macro tier_contradictions_sql(found, groups_sql) -%}
    with

    members as (
        {{ groups_sql }}
    ),

    {% if found.tier == 'device' -%}
    known as (
        select cluster_id
        from {{ found.carriers }}
        where is_known
        group by 1
    ),

    {% endif -%}
    {% if found.tier in ('key', 'contact') -%}
    described as (
        select
            members.group_id,
            cluster_profiles.profile_id,
            min(members.cluster_id) as first_cluster_id,
            max(members.cluster_id) as last_cluster_id
        from members
        inner join {{ found.cluster_profiles }} as cluster_profiles
            on members.cluster_id = cluster_profiles.cluster_id
        group by 1, 2
    ),

    -- (what two profiles of one cluster say of each other is not asked again)
    pairs as (
        select
            lefts.group_id,
            lefts.profile_id as left_profile_id,
            rights.profile_id as right_profile_id,
            lefts.first_cluster_id as left_cluster_id,
            case
                when rights.first_cluster_id <> lefts.first_cluster_id then rights.first_cluster_id
                else rights.last_cluster_id
            end as right_cluster_id
        from described as lefts
        inner join described as rights
            on lefts.group_id = rights.group_id
            and lefts.profile_id < rights.profile_id
        where not (
            lefts.first_cluster_id = lefts.last_cluster_id
            and rights.first_cluster_id = rights.last_cluster_id
            and lefts.first_cluster_id = rights.first_cluster_id
        )
    ),

    judged as (
        select
            pairs.left_profile_id,
            pairs.right_profile_id,
            {{ profiles_contradict('lefts', 'rights', 'nicknames.left_name is not null') }} as reason
        from (
            select left_profile_id, right_profile_id
            from pairs
            group by 1, 2
        ) as pairs
        inner join {{ found.said }} as lefts
            on pairs.left_profile_id = lefts.profile_id
        inner join {{ found.said }} as rights
            on pairs.right_profile_id = rights.profile_id
        left join {{ found.nicknames }} as nicknames
            on lefts.given_name = nicknames.left_name
            and rights.given_name = nicknames.right_name
    ),

    {% endif -%}
    keys_of_clusters as (
        select
            members.group_id,
            cluster_keys.key_type,
            cluster_keys.reason,
            cluster_keys.max_values,
            cluster_keys.cluster_id,
            cluster_keys.key_value,
            count(*) over (
                partition by members.group_id, cluster_keys.key_type, cluster_keys.cluster_id
            ) as own_count
        from members
        inner join {{ found.cluster_keys }} as cluster_keys
            on members.cluster_id = cluster_keys.cluster_id
    ),

    too_many_keys as (
        select
            group_id,
            key_type,
            reason,
            min(cluster_id) as left_cluster_id,
            max(cluster_id) as right_cluster_id
        from keys_of_clusters
        group by group_id, key_type, reason, max_values
        having count(distinct key_value) > max_values
            and count(distinct key_value) > max(own_count)
    )

    {% if found.tier == 'device' -%}
    select
        members.group_id,
        cast('two_identified' as {{ dbt.type_string() }}) as reason,
        {{ typed_null('bigint') }} as left_profile_id,
        {{ typed_null('bigint') }} as right_profile_id,
        {{ typed_null('string') }} as key_type,
        min(members.cluster_id) as left_cluster_id,
        max(members.cluster_id) as right_cluster_id
    from members
    inner join known
        on members.cluster_id = known.cluster_id
    group by members.group_id
    having count(distinct members.cluster_id) > 1

    union all

    {% endif -%}
    {% if found.tier in ('key', 'contact') -%}
    select
        pairs.group_id,
        judged.reason,
        pairs.left_profile_id,
        pairs.right_profile_id,
        {{ typed_null('string') }} as key_type,
        pairs.left_cluster_id,
        pairs.right_cluster_id
    from pairs
    inner join judged
        on pairs.left_profile_id = judged.left_profile_id
        and pairs.right_profile_id = judged.right_profile_id
    where judged.reason is not null

    union all

    {% endif -%}
    select
        group_id,
        reason,
        {{ typed_null('bigint') }} as left_profile_id,
        {{ typed_null('bigint') }} as right_profile_id,
        key_type,
        left_cluster_id,
        right_cluster_id
    from too_many_keys
{%- endmacro %}


{% macro tier_disputants_sql(found) -%}
    with

    contradictions as (
        select contradictions.*
        from {{ found.contradictions }} as contradictions
        inner join {{ found.shared_values }} as shared_values
            on contradictions.group_id = shared_values.value_id
    ),

    described as (
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.first_seen_at,
            cluster_profiles.profile_id
        from {{ found.carriers }} as carriers
        inner join {{ found.cluster_profiles }} as cluster_profiles
            on carriers.cluster_id = cluster_profiles.cluster_id
    ),

    opposed as (
        select group_id, left_profile_id as profile_id, right_profile_id as rival_profile_id
        from contradictions
        union all
        select group_id, right_profile_id as profile_id, left_profile_id as rival_profile_id
        from contradictions
    ),

    by_profile as (
        select
            described.value_id,
            described.cluster_id,
            min(rivals.first_seen_at) as rival_seen_at
        from opposed
        inner join described
            on opposed.group_id = described.value_id
            and opposed.profile_id = described.profile_id
        inner join described as rivals
            on opposed.group_id = rivals.value_id
            and opposed.rival_profile_id = rivals.profile_id
            and described.cluster_id <> rivals.cluster_id
        group by 1, 2
    ),

    -- those with too many keys among them, or known on one device
    crowd as (
        {% if found.tier == 'device' -%}
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.first_seen_at
        from {{ found.carriers }} as carriers
        inner join contradictions
            on carriers.value_id = contradictions.group_id
        where carriers.is_known and contradictions.reason = 'two_identified'
        union
        {% endif -%}
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.first_seen_at
        from {{ found.carriers }} as carriers
        inner join contradictions
            on carriers.value_id = contradictions.group_id
        inner join {{ found.cluster_keys }} as cluster_keys
            on carriers.cluster_id = cluster_keys.cluster_id
            and contradictions.key_type = cluster_keys.key_type
        group by 1, 2, 3
    ),

    by_crowd as (
        select
            value_id,
            cluster_id,
            case
                when row_number() over (partition by value_id order by first_seen_at, cluster_id) = 1
                    then lead(first_seen_at)
                        over (partition by value_id order by first_seen_at, cluster_id)
                else min(first_seen_at) over (partition by value_id)
            end as rival_seen_at
        from crowd
    )

    select
        value_id,
        cluster_id,
        min(rival_seen_at) as rival_seen_at
    from (
        select * from by_profile
        union all
        select * from by_crowd
    ) as disputants
    group by 1, 2
{%- endmacro %}


{% macro tier_owners_sql(found) -%}
    with

    disputes as (
        select
            disputants.value_id,
            min(carriers.first_seen_at) as dispute_seen_at
        from {{ found.disputants }} as disputants
        inner join {{ found.carriers }} as carriers
            on disputants.value_id = carriers.value_id
            and disputants.cluster_id = carriers.cluster_id
        group by 1
    )

    select
        carriers.value_id,
        carriers.cluster_id,
        carriers.is_known,
        coalesce(disputants.rival_seen_at, disputes.dispute_seen_at) as rival_seen_at
    from {{ found.carriers }} as carriers
    inner join disputes
        on carriers.value_id = disputes.value_id
    left join {{ found.disputants }} as disputants
        on carriers.value_id = disputants.value_id
        and carriers.cluster_id = disputants.cluster_id
    where (carriers.is_known or disputants.cluster_id is not null)
    {%- if found.tier == 'device' %}
        and 1 = 0
    {%- endif %}
    qualify row_number() over (
            partition by carriers.value_id order by carriers.first_seen_at, carriers.cluster_id
        ) = 1
        and count(*) over (partition by carriers.value_id, carriers.first_seen_at) = 1
{%- endmacro %}


{% macro tier_neighbours_sql(found) -%}
    with

    carriers as (
        select
            carriers.value_id,
            carriers.cluster_id,
            carriers.first_seen_at,
            carriers.last_seen_at,
            carriers.is_known,
            disputes.value_id is not null as is_disputed
        from {{ found.carriers }} as carriers
        inner join {{ found.shared_values }} as shared_values
            on carriers.value_id = shared_values.value_id
        left join (
            select group_id as value_id from {{ found.contradictions }} group by 1
        ) as disputes
            on carriers.value_id = disputes.value_id
        where not carriers.is_hub
            and not carriers.is_out_of_window
            and not shared_values.needs_name
            and not shared_values.needs_birth_date
    )

    select
        silents.cluster_id as silent_cluster_id,
        knowns.cluster_id as known_cluster_id,
        silents.value_id,
        true as is_known
    from carriers as silents
    inner join carriers as knowns
        on silents.value_id = knowns.value_id
    where not silents.is_known
        and knowns.is_known
        and not silents.is_disputed

    union all

    select
        silents.cluster_id as silent_cluster_id,
        owners.cluster_id as known_cluster_id,
        silents.value_id,
        owners.is_known
    from carriers as silents
    inner join {{ found.owners }} as owners
        on silents.value_id = owners.value_id
    left join {{ found.disputants }} as disputants
        on silents.value_id = disputants.value_id
        and silents.cluster_id = disputants.cluster_id
    where not silents.is_known
        and silents.cluster_id <> owners.cluster_id
        and disputants.cluster_id is null
        and (
            silents.last_seen_at < owners.rival_seen_at
            or {{ dbt.datediff('owners.rival_seen_at', as_of_date(), 'day') }}
                <= {{ var('correction_days') }}
        )
{%- endmacro %}


{% macro tier_joins_sql(found) -%}
    with

    torn as (
        select group_id as cluster_id from {{ found.torn }} group by 1
    ),

    faulty_groups as (
        select group_id from {{ found.contradictions }} group by 1
    ),

    sound_groups as (
        select found_groups.*
        from {{ found.groups }} as found_groups
        left join faulty_groups
            on found_groups.group_id = faulty_groups.group_id
        where faulty_groups.group_id is null
    ),

    knowns as (
        select
            value_id,
            cluster_id,
            min(cluster_id) over (partition by group_id) as other_cluster_id,
            strength
        from sound_groups
        where is_known
    ),

    neighbours as (
        select neighbours.*
        from {{ found.neighbours }} as neighbours
        left join torn
            on neighbours.silent_cluster_id = torn.cluster_id
        where torn.cluster_id is null
    ),

    strengths as (
        select
            neighbours.silent_cluster_id,
            case
                when count(distinct neighbours.known_cluster_id) = 1 then 3
                when count(distinct said.full_name) = 1 and count(said.full_name) = count(*) then 3
                else 2
            end as strength
        from neighbours
        left join {{ found.cluster_profiles }} as cluster_profiles
            on neighbours.known_cluster_id = cluster_profiles.cluster_id
        left join {{ found.said }} as said
            on cluster_profiles.profile_id = said.profile_id
        group by 1
    ),

    silents as (
        select
            neighbours.value_id,
            neighbours.silent_cluster_id as cluster_id,
            min(neighbours.known_cluster_id) as other_cluster_id,
            case when neighbours.is_known then strengths.strength else 1 end as strength
        from neighbours
        inner join strengths
            on neighbours.silent_cluster_id = strengths.silent_cluster_id
        group by 1, 2, 4
    ),

    -- values of which no carrier is known
    silent_groups as (
        select
            sound_groups.value_id,
            sound_groups.cluster_id
        from sound_groups
        left join torn
            on sound_groups.cluster_id = torn.cluster_id
        left join (select value_id from knowns group by 1) as known_values
            on sound_groups.value_id = known_values.value_id
        where sound_groups.kind = 'value'
            and torn.cluster_id is null
            and known_values.value_id is null
    ),

    among_silents as (
        select
            value_id,
            cluster_id,
            min(cluster_id) over (partition by value_id) as other_cluster_id,
            1 as strength
        from silent_groups
    )

    select
        cluster_id as node_a,
        other_cluster_id as node_b,
        value_id,
        strength
    from (
        select * from knowns
        union all
        select value_id, cluster_id, other_cluster_id, strength from silents
        union all
        select * from among_silents
    ) as joins
    where cluster_id <> other_cluster_id
{%- endmacro %}


{#
    The joins of a strength or more: all of them, or those within the clusters that contradicted
    themselves when the weaker ones were there, too.
#}
{% macro tier_edges_sql(found, strength, closure, faults) -%}
    select
        joins.node_a,
        joins.node_b
    from {{ found.joins }} as joins
    {%- if closure %}
    inner join {{ closure }} as closed
        on joins.node_a = closed.node_id
    where joins.strength >= {{ strength }}
        and closed.component_id in (select group_id from {{ faults }})
    {%- endif %}
{%- endmacro %}


{# The new clusters that contradict themselves or are too large. #}
{% macro tier_faults_sql(found, closure) -%}
    {%- set groups_sql -%}
    select
        closed.component_id as group_id,
        closed.node_id as cluster_id
    from {{ closure }} as closed
    inner join fitting
        on closed.component_id = fitting.component_id
    {%- endset -%}
    with

    sizes as (
        select
            cluster_id,
            count(*) as record_count
        from {{ found.labels }}
        group by 1
    ),

    sized as (
        select
            closed.component_id,
            sum(coalesce(sizes.record_count, 1)) as record_count
        from {{ closure }} as closed
        left join sizes
            on closed.node_id = sizes.cluster_id
        group by 1
    ),

    fitting as (
        select component_id
        from sized
        where record_count <= {{ var('max_records_per_customer') }}
    )

    select
        component_id as group_id,
        cast('size' as {{ dbt.type_string() }}) as reason,
        {{ typed_null('bigint') }} as left_profile_id,
        {{ typed_null('bigint') }} as right_profile_id,
        {{ typed_null('string') }} as key_type
    from sized
    where record_count > {{ var('max_records_per_customer') }}

    union all

    select
        group_id,
        reason,
        left_profile_id,
        right_profile_id,
        key_type
    from (
        {{ tier_contradictions_sql(found, groups_sql) }}
    ) as contradictions
{%- endmacro %}


{# The clusters after the tier: of every closure what does not contradict itself. #}
{% macro tier_labels_sql(found, closures, faults) -%}
    with

    joined as (
        {%- for closure in closures %}
        select
            node_id,
            component_id
        from {{ closure }}
        where component_id not in (select group_id from {{ faults[loop.index0] }})
        {{- "\n        union all" if not loop.last }}
        {%- endfor %}
    )

    select
        labels.node_id,
        coalesce(joined.component_id, labels.cluster_id) as cluster_id
    from {{ found.labels }} as labels
    left join joined
        on labels.cluster_id = joined.node_id

    union all

    select
        joined.node_id,
        joined.component_id as cluster_id
    from joined
    left join {{ found.labels }} as labels
        on joined.node_id = labels.node_id
    where labels.node_id is null
{%- endmacro %}


{#
    A row for each link that turned out to join nobody, and for each join that did not come about: of a
    carrier of a value with its owner, else with its first known carrier.
#}
{% macro tier_refusals_sql(found) -%}
    with

    carriers as (
        select
            carriers.*,
            shared_values.needs_name or shared_values.needs_birth_date as needs_name,
            shared_values.needs_birth_date
        from {{ found.carriers }} as carriers
        inner join {{ found.shared_values }} as shared_values
            on carriers.value_id = shared_values.value_id
    ),

    named as (
        select
            cluster_profiles.cluster_id,
            max(case when said.full_name is not null then 1 else 0 end) as has_name,
            max(case when said.full_name is not null and said.birth_date is not null then 1 else 0 end)
                as has_birth_date
        from {{ found.cluster_profiles }} as cluster_profiles
        inner join {{ found.said }} as said
            on cluster_profiles.profile_id = said.profile_id
        group by 1
    ),

    dropped as (
        select
            carriers.value_id,
            carriers.cluster_id,
            case
                when carriers.is_hub then 'hub'
                when carriers.needs_name then 'no_name'
                else 'window'
            end as reason
        from carriers
        left join named
            on carriers.cluster_id = named.cluster_id
        where carriers.is_hub
            or (carriers.needs_name and coalesce(named.has_name, 0) = 0)
            or (carriers.needs_birth_date and coalesce(named.has_birth_date, 0) = 0)
            or carriers.is_out_of_window
    ),

    dropped_links as (
        select
            sightings.value_id,
            sightings.node_id,
            dropped.reason
        from dropped
        inner join {{ found.sightings }} as sightings
            on dropped.value_id = sightings.value_id
        left join {{ found.labels }} as labels
            on sightings.node_id = labels.node_id
        where dropped.cluster_id = coalesce(labels.cluster_id, sightings.node_id)
    ),

    -- those whom a value would join: all its carriers, or, of a type that needs names, the namesakes
    wished as (
        select
            found_groups.group_id,
            found_groups.value_id,
            found_groups.cluster_id,
            first_value(found_groups.cluster_id) over (
                partition by found_groups.group_id
                order by
                    case when owners.cluster_id is not null then 0 else 1 end,
                    case when found_groups.is_known then 0 else 1 end,
                    found_groups.cluster_id
                rows between unbounded preceding and unbounded following
            ) as other_cluster_id
        from {{ found.groups }} as found_groups
        inner join carriers
            on found_groups.value_id = carriers.value_id
            and found_groups.cluster_id = carriers.cluster_id
        left join {{ found.owners }} as owners
            on found_groups.group_id = owners.value_id
            and found_groups.cluster_id = owners.cluster_id
        where found_groups.kind = 'value'
            or (found_groups.kind = 'name' and carriers.needs_name)
    ),

    refused as (
        select
            wished.group_id,
            wished.value_id,
            wished.cluster_id,
            wished.other_cluster_id,
            closed.component_id
        from wished
        left join {{ found.new_labels }} as labels
            on wished.cluster_id = labels.node_id
        left join {{ found.new_labels }} as other_labels
            on wished.other_cluster_id = other_labels.node_id
        left join {{ found.first_closure }} as closed
            on wished.cluster_id = closed.node_id
        where coalesce(labels.cluster_id, wished.cluster_id)
            <> coalesce(other_labels.cluster_id, wished.other_cluster_id)
    ),

    both_ways as (
        select
            group_id,
            reason,
            left_profile_id,
            right_profile_id
        from {{ found.contradictions }}
        where left_profile_id is not null
        union all
        select
            group_id,
            reason,
            right_profile_id as left_profile_id,
            left_profile_id as right_profile_id
        from {{ found.contradictions }}
        where left_profile_id is not null
    ),

    {% for name, contradictions in {
        'of_groups': found.contradictions, 'of_silents': found.torn, 'of_all': found.first_faults,
    }.items() -%}
    {{ name }} as (
        select
            group_id,
            reason,
            left_profile_id,
            right_profile_id,
            key_type
        from {{ contradictions }}
        qualify row_number() over (
            partition by group_id
            order by
                reason, left_profile_id nulls last, right_profile_id nulls last,
                key_type nulls last
        ) = 1
    ),

    {% endfor -%}
    -- one contradiction tells why: of the two, by what they say or by their keys; else of others at
    -- the value, of those about the silent one, or of all together
    reasons as (
        select
            refused.*,
            both_ways.reason,
            both_ways.left_profile_id,
            both_ways.right_profile_id,
            {{ typed_null('string') }} as key_type,
            1 as priority
        from refused
        inner join {{ found.cluster_profiles }} as lefts
            on refused.cluster_id = lefts.cluster_id
        inner join {{ found.cluster_profiles }} as rights
            on refused.other_cluster_id = rights.cluster_id
        inner join both_ways
            on refused.group_id = both_ways.group_id
            and lefts.profile_id = both_ways.left_profile_id
            and rights.profile_id = both_ways.right_profile_id
        union all
        select
            refused.*,
            contradictions.reason,
            {{ typed_null('bigint') }} as left_profile_id,
            {{ typed_null('bigint') }} as right_profile_id,
            contradictions.key_type,
            2 as priority
        from refused
        inner join {{ found.contradictions }} as contradictions
            on refused.group_id = contradictions.group_id
        inner join {{ found.cluster_keys }} as lefts
            on refused.cluster_id = lefts.cluster_id
            and contradictions.key_type = lefts.key_type
        inner join {{ found.cluster_keys }} as rights
            on refused.other_cluster_id = rights.cluster_id
            and contradictions.key_type = rights.key_type
        {%- for name, place in [
            ('of_groups', 'group_id'), ('of_silents', 'cluster_id'),
            ('of_silents', 'other_cluster_id'), ('of_all', 'component_id'),
        ] %}
        union all
        select
            refused.*,
            {{ name }}.reason,
            {{ name }}.left_profile_id,
            {{ name }}.right_profile_id,
            {{ name }}.key_type,
            {{ loop.index + 2 }} as priority
        from refused
        inner join {{ name }}
            on refused.{{ place }} = {{ name }}.group_id
        {%- endfor %}
    ),

    chosen as (
        select *
        from reasons
        qualify row_number() over (
            partition by value_id, cluster_id, other_cluster_id
            order by
                priority, reason, left_profile_id nulls last, right_profile_id nulls last,
                key_type nulls last
        ) = 1
    )

    select
        cast('{{ found.tier }}s' as {{ dbt.type_string() }}) as tier,
        shared_values.identifier_type,
        shared_values.identifier_value,
        dropped_links.node_id,
        {{ typed_null('bigint') }} as other_node_id,
        cast(dropped_links.reason as {{ dbt.type_string() }}) as reason,
        {{ typed_null('string') }} as evidence,
        {{ typed_null('string') }} as other_evidence,
        {{ typed_null('date') }} as reconsidered_on
    from dropped_links
    inner join {{ found.shared_values }} as shared_values
        on dropped_links.value_id = shared_values.value_id

    union all

    select
        cast('{{ found.tier }}s' as {{ dbt.type_string() }}) as tier,
        shared_values.identifier_type,
        shared_values.identifier_value,
        chosen.cluster_id as node_id,
        chosen.other_cluster_id as other_node_id,
        cast(chosen.reason as {{ dbt.type_string() }}) as reason,
        coalesce({{ profile_as_text('lefts') }}, chosen.key_type) as evidence,
        coalesce({{ profile_as_text('rights') }}, chosen.key_type) as other_evidence,
        -- (not of a time that nobody knows)
        case
            when owners.rival_seen_at < cast('9000-01-01' as {{ dbt.type_timestamp() }})
                then cast({{ dbt.dateadd(
                    'day', var('correction_days') + 1, 'cast(owners.rival_seen_at as date)'
                ) }} as date)
        end as reconsidered_on
    from chosen
    inner join {{ found.shared_values }} as shared_values
        on chosen.value_id = shared_values.value_id
    left join {{ found.owners }} as owners
        on chosen.value_id = owners.value_id
    left join {{ found.said }} as lefts
        on chosen.left_profile_id = lefts.profile_id
    left join {{ found.said }} as rights
        on chosen.right_profile_id = rights.profile_id
{%- endmacro %}


{# A profile in one line; null where there is none. #}
{% macro profile_as_text(profile) -%}
    nullif(trim(
        coalesce({{ profile }}.given_name, '')
        || coalesce(' ' || {{ profile }}.family_name, '')
        || coalesce(' ' || {{ profile }}.name_suffix, '')
        || coalesce(' ' || cast({{ profile }}.birth_date as {{ dbt.type_string() }}), '')
    ), '')
{%- endmacro %}

{# Queries of tiered_components: which groups of clusters contradict themselves. #}

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
        {%- if found.claimed %}
        union
        select cluster_id
        from {{ found.claimed }}
        where is_known
        {%- endif %}
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
            rights.profile_id as right_profile_id
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
            reason
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
        {{ typed_null('string') }} as key_type
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
        {{ typed_null('string') }} as key_type
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
        key_type
    from too_many_keys
{%- endmacro %}

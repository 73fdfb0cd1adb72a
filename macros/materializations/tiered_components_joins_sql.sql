{# Queries of tiered_components: the joins of a tier, and the clusters that they leave. #}

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

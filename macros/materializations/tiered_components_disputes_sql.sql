{# Queries of tiered_components: who claims a value, who owns it, and which known clusters a silent one meets. #}

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
            carriers.ended_at,
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
            min(rivals.first_seen_at) as rival_seen_at,
            max(case when rivals.ended_at is null then 1 else 0 end) as has_present_rival
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

    -- those with too many keys of one type among them, or known on one device
    crowds as (
        {% if found.tier == 'device' -%}
        select
            carriers.value_id,
            contradictions.reason as crowd,
            carriers.cluster_id,
            carriers.first_seen_at,
            carriers.ended_at
        from {{ found.carriers }} as carriers
        inner join contradictions
            on carriers.value_id = contradictions.group_id
        where carriers.is_known and contradictions.reason = 'two_identified'
        union
        {% endif -%}
        select
            carriers.value_id,
            contradictions.key_type as crowd,
            carriers.cluster_id,
            carriers.first_seen_at,
            carriers.ended_at
        from {{ found.carriers }} as carriers
        inner join contradictions
            on carriers.value_id = contradictions.group_id
        inner join {{ found.cluster_keys }} as cluster_keys
            on carriers.cluster_id = cluster_keys.cluster_id
            and contradictions.key_type = cluster_keys.key_type
        group by 1, 2, 3, 4, 5
    ),

    by_crowd as (
        select
            value_id,
            cluster_id,
            case
                when row_number()
                        over (partition by value_id, crowd order by first_seen_at, cluster_id) = 1
                    then lead(first_seen_at)
                        over (partition by value_id, crowd order by first_seen_at, cluster_id)
                else min(first_seen_at) over (partition by value_id, crowd)
            end as rival_seen_at,
            -- (asked of those only who carry it no more)
            max(case when ended_at is null then 1 else 0 end) over (partition by value_id, crowd)
                as has_present_rival
        from crowds
    )

    select
        value_id,
        cluster_id,
        min(rival_seen_at) as rival_seen_at,
        max(has_present_rival) as has_present_rival
    from (
        select * from by_profile
        union all
        select * from by_crowd
    ) as disputants
    group by 1, 2
{%- endmacro %}


{#
    All carriers of the values that some of their carriers have no more, as one group each. (A type that
    needs names joins namesakes alone: there nobody claims anything of the others.)
#}
{% macro tier_given_up_sql(found) -%}
    select
        carriers.value_id as group_id,
        carriers.cluster_id
    from {{ found.carriers }} as carriers
    inner join {{ found.shared_values }} as shared_values
        on carriers.value_id = shared_values.value_id
    where not carriers.is_hub
        and not shared_values.needs_name
        and not shared_values.needs_birth_date
    qualify count(carriers.ended_at) over (partition by carriers.value_id) > 0
{%- endmacro %}


{#
    Who carries a value no more (of the groups of tier_given_up_sql), where it is another's now: of one
    who contradicts him, or, if he is silent, of one who is known and came to it when he had left it.
#}
{% macro tier_claimed_sql(found) -%}
    select
        formers.value_id,
        formers.cluster_id,
        formers.is_known
    from {{ found.carriers }} as formers
    inner join {{ found.groups }} as given_up
        on formers.value_id = given_up.group_id
        and formers.cluster_id = given_up.cluster_id
    left join {{ found.disputants }} as disputants
        on formers.value_id = disputants.value_id
        and formers.cluster_id = disputants.cluster_id
        and disputants.has_present_rival = 1
    left join {{ found.carriers }} as successors
        on formers.value_id = successors.value_id
        and not formers.is_known
        and successors.is_known
        and successors.ended_at is null
        and successors.first_seen_at >= formers.ended_at
    where formers.ended_at is not null
        and (disputants.cluster_id is not null or successors.cluster_id is not null)
    group by 1, 2, 3
{%- endmacro %}


{#
    The carriers without those to whom a value is claimed. A silent one that was last seen with it before
    it was another's stays with whose it was.
#}
{% macro tier_rightful_sql(found) -%}
    with

    marked as (
        select
            carriers.*,
            shared_values.window_days,
            claimed.value_id is not null as is_claimed
        from {{ found.carriers }} as carriers
        inner join {{ found.shared_values }} as shared_values
            on carriers.value_id = shared_values.value_id
        left join {{ found.claimed }} as claimed
            on carriers.value_id = claimed.value_id
            and carriers.cluster_id = claimed.cluster_id
    ),

    successions as (
        select
            value_id,
            min(case when not is_claimed then first_seen_at end) as began_at
        from marked
        where is_known
        group by 1
        having max(case when is_claimed then 1 else 0 end) = 1
    ),

    described as (
        select
            marked.value_id,
            marked.cluster_id,
            marked.first_seen_at,
            marked.last_seen_at,
            marked.ended_at,
            marked.is_known,
            marked.is_hub,
            coalesce(not marked.is_known and marked.last_seen_at < successions.began_at, false)
                as is_of_former,
            marked.is_claimed,
            marked.window_days
        from marked
        left join successions
            on marked.value_id = successions.value_id
    )

    {{ tier_seen_in_window_sql(found) }}
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
            carriers.is_of_former,
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
        and not silents.is_of_former

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
        and not silents.is_of_former
        and silents.cluster_id <> owners.cluster_id
        and disputants.cluster_id is null
        and (
            silents.last_seen_at < owners.rival_seen_at
            or {{ dbt.datediff('owners.rival_seen_at', as_of_date(), 'day') }}
                <= {{ var('correction_days') }}
        )
    {%- if found.claimed %}

    union all

    select
        silents.cluster_id as silent_cluster_id,
        claimed.cluster_id as known_cluster_id,
        silents.value_id,
        true as is_known
    from carriers as silents
    inner join {{ found.claimed }} as claimed
        on silents.value_id = claimed.value_id
        and claimed.is_known
    where silents.is_of_former
    {%- endif %}
{%- endmacro %}

{# Queries of tiered_components: what a tier refused, and why. #}

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
        {%- if found.claimed %}
        union all
        select
            value_id,
            cluster_id,
            'claimed' as reason
        from {{ found.claimed }}
        {%- endif %}
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
        -- (two spellings of a mailbox are two links)
        group by 1, 2, 3
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
            or (found_groups.kind = 'birth_date' and carriers.needs_birth_date)
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
        {{ typed_null('date') }} as reconsidered_on,
        false as is_disputed
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
        end as reconsidered_on,
        of_groups.group_id is not null as is_disputed
    from chosen
    inner join {{ found.shared_values }} as shared_values
        on chosen.value_id = shared_values.value_id
    left join {{ found.owners }} as owners
        on chosen.value_id = owners.value_id
    left join of_groups
        on chosen.value_id = of_groups.group_id
    left join {{ found.said }} as lefts
        on chosen.left_profile_id = lefts.profile_id
    left join {{ found.said }} as rights
        on chosen.right_profile_id = rights.profile_id
{%- endmacro %}


{# A profile in one line; null where there is none. #}
{% macro profile_as_text(profile) -%}
    nullif(trim(
        coalesce({{ profile }}.given_name, '')
        || coalesce('-' || {{ profile }}.second_name, '')
        || coalesce(' ' || {{ profile }}.family_name, '')
        || coalesce(' ' || {{ profile }}.name_suffix, '')
        || coalesce(' ' || cast({{ profile }}.birth_date as {{ dbt.type_string() }}), '')
    ), '')
{%- endmacro %}

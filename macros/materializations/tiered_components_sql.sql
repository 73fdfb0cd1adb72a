{#
    The queries of the materialisation tiered_components that all tiers share, one macro a step.

    shared_values: value_id, what the value is and its rules; only values that two nodes carry.
    sightings: value_id, node_id, first_seen_at, last_seen_at, ended_at.
    evidence: node_id, has_profile, has_key, has_contact (1 or 0).
    mixed_values: values that people and organisations carry, person_node_id, organisation_node_id.
    said: profile_id and the profile; profiles: node_id, profile_id.
    own_keys: node_id, key_type, key_value, max_values, reason; of types with a cap, and of pairs kept
      apart, which are a type of their own each: two values, of which a customer may have one.
    labels: node_id, cluster_id; only nodes that are joined to another.
#}

{% macro tiers_values_sql(given_rows) -%}
    select
        cast(row_number() over (
            order by identifier_class, identifier_type, party_type, identifier_value
        ) as {{ dbt.type_bigint() }}) as value_id,
        identifier_class,
        identifier_type,
        party_type,
        identifier_value,
        needs_name,
        needs_birth_date,
        max_people_per_value,
        window_days
    from {{ given_rows }} as given
    where identifier_class in ('{{ identity_tiers() | join("', '") }}')
    group by
        identifier_class, identifier_type, party_type, identifier_value, needs_name,
        needs_birth_date, max_people_per_value, window_days
    having count(*) > 1
{%- endmacro %}

{# A time that nobody knows is late: it makes nobody the first, and nothing end before it. #}
{% macro tiers_sightings_sql(given_rows, shared_values) -%}
    {%- set late = "cast('9999-12-31' as " ~ dbt.type_timestamp() ~ ')' -%}
    select
        shared_values.value_id,
        given.node_id,
        coalesce(given.first_seen_at, {{ late }}) as first_seen_at,
        coalesce(given.last_seen_at, {{ late }}) as last_seen_at,
        given.ended_at
    from {{ given_rows }} as given
    inner join {{ shared_values }} as shared_values
        on given.identifier_class = shared_values.identifier_class
        and given.identifier_type = shared_values.identifier_type
        and given.party_type = shared_values.party_type
        and given.identifier_value = shared_values.identifier_value
{%- endmacro %}

{% macro tiers_evidence_sql(given_rows) -%}
    select
        node_id,
        max(case when identifier_class = 'profile' then 1 else 0 end) as has_profile,
        max(case when identifier_class = 'key' then 1 else 0 end) as has_key,
        max(case when identifier_class = 'contact' then 1 else 0 end) as has_contact
    from {{ given_rows }} as given
    where identifier_class in ('profile', 'key', 'contact')
    group by node_id
{%- endmacro %}

{% macro tiers_said_sql(given_rows) -%}
    select
        cast(row_number() over (
            order by
                given_name nulls last, second_name nulls last, family_name nulls last,
                name_suffix nulls last, birth_date nulls last
        ) as {{ dbt.type_bigint() }}) as profile_id,
        given_name,
        second_name,
        family_name,
        name_suffix,
        full_name,
        birth_date
    from {{ given_rows }} as given
    where identifier_class = 'profile'
    group by given_name, second_name, family_name, name_suffix, full_name, birth_date
{%- endmacro %}

{% macro tiers_profiles_sql(given_rows, said) -%}
    select
        given.node_id,
        said.profile_id
    from {{ given_rows }} as given
    inner join {{ said }} as said
        on coalesce(given.given_name, '') = coalesce(said.given_name, '')
        and coalesce(given.second_name, '') = coalesce(said.second_name, '')
        and coalesce(given.family_name, '') = coalesce(said.family_name, '')
        and coalesce(given.name_suffix, '') = coalesce(said.name_suffix, '')
        and coalesce(cast(given.birth_date as {{ dbt.type_string() }}), '')
            = coalesce(cast(said.birth_date as {{ dbt.type_string() }}), '')
    where given.identifier_class = 'profile'
{%- endmacro %}

{% macro tiers_own_keys_sql(given_rows) -%}
    select
        node_id,
        identifier_type as key_type,
        identifier_value as key_value,
        max_values_per_customer as max_values,
        case when identifier_class = 'unlink' then 'unlink' else 'key_cap' end as reason
    from {{ given_rows }} as given
    where max_values_per_customer is not null
{%- endmacro %}

{# Both ways round: every two names of which one is the other's nickname, or both one name's. #}
{% macro tiers_nicknames_sql(nicknames) -%}
    with

    names as (
        select {{ without_umlauts('nickname') }} as name, given_name from {{ nicknames }}
        union
        select {{ without_umlauts('given_name') }} as name, given_name from {{ nicknames }}
    )

    select
        left_names.name as left_name,
        right_names.name as right_name
    from names as left_names
    inner join names as right_names
        on left_names.given_name = right_names.given_name
    where left_names.name <> right_names.name
    group by left_names.name, right_names.name
{%- endmacro %}

{# What people and organisations carry both, with the first of each. #}
{% macro tiers_mixed_values_sql(given_rows) -%}
    with

    organisations as (
        select
            identifier_class,
            identifier_type,
            identifier_value,
            min(node_id) as node_id
        from {{ given_rows }} as given
        where party_type = 'organisation'
            and identifier_class in ('{{ identity_tiers() | join("', '") }}')
        group by identifier_class, identifier_type, identifier_value
    )

    select
        people.identifier_class,
        people.identifier_type,
        people.identifier_value,
        min(people.node_id) as person_node_id,
        min(organisations.node_id) as organisation_node_id
    from {{ given_rows }} as people
    inner join organisations
        on people.identifier_class = organisations.identifier_class
        and people.identifier_type = organisations.identifier_type
        and people.identifier_value = organisations.identifier_value
    where people.party_type = 'person'
    group by people.identifier_class, people.identifier_type, people.identifier_value
{%- endmacro %}

{# Each carrier of a value with the lowest, whatever kind of party they are. #}
{% macro tiers_unit_edges_sql(sightings, mixed_values) -%}
    select
        node_a,
        node_b
    from (
        select
            node_id as node_a,
            min(node_id) over (partition by value_id) as node_b
        from {{ sightings }}
    ) as carriers
    where node_a <> node_b
    union all
    select
        person_node_id as node_a,
        organisation_node_id as node_b
    from {{ mixed_values }}
{%- endmacro %}

{% macro tiers_result_sql(units, labels) -%}
    select
        units.node_id,
        coalesce(labels.cluster_id, units.node_id) as component_id,
        units.component_id as unit_id
    from {{ units }} as units
    left join {{ labels }} as labels
        on units.node_id = labels.node_id
{%- endmacro %}

{% macro tiers_no_labels_sql() -%}
    select
        {{ typed_null('bigint') }} as node_id,
        {{ typed_null('bigint') }} as cluster_id
    where 1 = 0
{%- endmacro %}

{# What all tiers refused, of a link one node, of a join two; and values of people and organisations. #}
{% macro tiers_all_refusals_sql(mixed_values, refusals) -%}
    {%- for refusal in refusals %}
    select * from {{ refusal }}
    union all
    {%- endfor %}
    select
        identifier_class || 's' as tier,
        identifier_type,
        identifier_value,
        person_node_id as node_id,
        organisation_node_id as other_node_id,
        cast('party_type' as {{ dbt.type_string() }}) as reason,
        cast('person' as {{ dbt.type_string() }}) as evidence,
        cast('organisation' as {{ dbt.type_string() }}) as other_evidence,
        {{ typed_null('date') }} as reconsidered_on,
        false as is_disputed
    from {{ mixed_values }}
{%- endmacro %}

-- One row per record that its source has, or had when the source was last on: a source that is off
-- for a night, or lacks a table, takes nobody away.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='record_key',
    full_refresh=false,
    transient=false,
    contract={'enforced': true},
    meta={
        'kept': 'identity',
        'entity': 'record_key',
        'entities': 'int_identity__changed_records',
    },
) }}

with

changed_records as (
    select * from {{ ref('int_identity__changed_records') }}
),

party_records as (
    select party_records.*
    from {{ ref('int_party_records') }} as party_records
    inner join changed_records
        on party_records.record_key = changed_records.record_key
),

known as (
    {% if is_incremental() %}
        select known.*
        from {{ this }} as known
        inner join changed_records
            on known.record_key = changed_records.record_key
    {% else %}
        select
            party_records.*,
            {{ typed_null('string') }} as absent_tables,
            {{ typed_null('bigint') }} as person_number
        from party_records
        where 1 = 0
    {% endif %}
),

described as (
    select
        party_records.*,
        known.first_name as known_first_name,
        known.last_name as known_last_name,
        known.birth_date as known_birth_date,
        coalesce(known.person_number, 1) as known_person_number
    from party_records
    left join known
        on party_records.record_key = known.record_key
),

-- (asked of those alone whose name is written otherwise)
renamed as (
    select
        record_key,
        {{ compared_name('known_first_name') }} as known_first_name,
        {{ compared_name('known_last_name') }} as known_last_name,
        {{ compared_name('first_name') }} as first_name,
        {{ compared_name('last_name') }} as last_name,
        {{ compared_name(half_of_double_name('known_first_name', 1)) }} as known_first_half,
        {{ compared_name(half_of_double_name('known_first_name', 2)) }} as known_second_half,
        {{ compared_name(half_of_double_name('first_name', 1)) }} as first_half,
        {{ compared_name(half_of_double_name('first_name', 2)) }} as second_half
    from described
    where (known_first_name is not null or known_last_name is not null)
        and (
            first_name is distinct from known_first_name
            or last_name is distinct from known_last_name
        )
),

compared as (
    select
        record_key,
        {{ given_name('known_first_name') }} as known_given_name,
        {{ second_name('known_first_half', 'known_second_half') }} as known_second_name,
        {{ family_name('known_last_name') }} as known_family_name,
        {{ name_suffix('known_last_name') }} as known_suffix,
        {{ given_name('first_name') }} as given_name,
        {{ second_name('first_half', 'second_half') }} as second_name,
        {{ family_name('last_name') }} as family_name,
        {{ name_suffix('last_name') }} as suffix
    from renamed
),

-- a record is another's where all of its name is another; what it said of who it is stays said
-- where it says so no more
judged as (
    select
        record_key,
        coalesce(
            known_given_name <> given_name
            and known_family_name <> family_name
            and known_given_name <> family_name,
            false
        ) as is_of_another,
        given_name is null and known_given_name is not null as has_lost_given_name,
        coalesce(
            known_given_name = given_name
            and second_name is null
            and known_second_name is not null,
            false
        ) as has_lost_second_name,
        coalesce(
            known_given_name = given_name
            and (
                family_name is null
                or (family_name = known_family_name and suffix is null and known_suffix is not null)
            ),
            false
        ) as has_lost_family_name
    from compared
),

present as (
    select
        described.*,
        coalesce(judged.has_lost_given_name or judged.has_lost_second_name, false)
            as keeps_first_name,
        coalesce(judged.has_lost_given_name or judged.has_lost_family_name, false)
            as keeps_last_name,
        described.birth_date is null and not coalesce(judged.is_of_another, false)
            as keeps_birth_date,
        described.known_person_number
        + case when coalesce(judged.is_of_another, false) then 1 else 0 end as person_number
    from described
    left join judged
        on described.record_key = judged.record_key
)

select
    record_key,
    source_name,
    source_record_id,
    record_kind,
    party_type,
    case when keeps_first_name then known_first_name else first_name end as first_name,
    case when keeps_last_name then known_last_name else last_name end as last_name,
    case when keeps_birth_date then known_birth_date else birth_date end as birth_date,
    first_seen_at,
    cast({{ absent_tables_of('source_name') }} as {{ dbt.type_string() }}) as absent_tables,
    cast(person_number as {{ dbt.type_bigint() }}) as person_number,
    false as is_at_rest
from present

union all

select
    known.record_key,
    known.source_name,
    known.source_record_id,
    known.record_kind,
    known.party_type,
    known.first_name,
    known.last_name,
    known.birth_date,
    known.first_seen_at,
    known.absent_tables,
    known.person_number,
    true as is_at_rest
from known
left join party_records
    on known.record_key = party_records.record_key
where party_records.record_key is null
    and ({{ is_at_rest('known.source_name', 'known.absent_tables') }})

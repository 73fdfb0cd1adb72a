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

renamed as (
    select
        record_key,
        {{ compared_name('known_first_name') }} as known_first_name,
        {{ compared_name('known_last_name') }} as known_last_name,
        {{ compared_name('first_name') }} as first_name,
        {{ compared_name('last_name') }} as last_name
    from described
    where lower(known_first_name) <> lower(first_name)
        and lower(known_last_name) <> lower(last_name)
),

-- a record is another's where all of its name is another
of_others as (
    select record_key
    from renamed
    where {{ given_name('known_first_name') }} <> {{ given_name('first_name') }}
        and {{ family_name('known_last_name') }} <> {{ family_name('last_name') }}
        and {{ given_name('known_first_name') }} <> {{ family_name('last_name') }}
),

-- what it said of who it is stays said where it says so no more
present as (
    select
        described.*,
        described.first_name is null and described.known_first_name is not null
            as has_lost_its_name,
        described.birth_date is null and of_others.record_key is null
            as has_lost_its_birth_date,
        described.known_person_number + case when of_others.record_key is null then 0 else 1 end
            as person_number
    from described
    left join of_others
        on described.record_key = of_others.record_key
)

select
    record_key,
    source_name,
    source_record_id,
    record_kind,
    party_type,
    case when has_lost_its_name then known_first_name else first_name end as first_name,
    case when has_lost_its_name then known_last_name else last_name end as last_name,
    case when has_lost_its_birth_date then known_birth_date else birth_date end as birth_date,
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

-- One row per record and identifier that it carries or carried: what a record that is still there
-- gave up is remembered, but for a slip of the pen (var correction_days).
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='identifier_id',
    full_refresh=false,
    transient=false,
    contract={'enforced': true},
    meta={
        'kept': 'identity',
        'entity': 'record_key',
        'entities': 'int_identity__changed_records',
        'due': {'int_identity__known_identifiers': ['forgotten_on']},
    },
) }}

{% set as_of = 'cast(' ~ as_of_date() ~ ' as ' ~ dbt.type_timestamp() ~ ')' %}

with

changed_records as (
    select * from {{ ref('int_identity__changed_records') }}
),

party_identifiers as (
    select party_identifiers.*
    from {{ ref('int_party_identifiers') }} as party_identifiers
    inner join changed_records
        on party_identifiers.record_key = changed_records.record_key
),

known_records as (
    select known_records.*
    from {{ ref('int_identity__known_records') }} as known_records
    inner join changed_records
        on known_records.record_key = changed_records.record_key
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

known as (
    {% if is_incremental() %}
        select known.*
        from {{ this }} as known
        inner join changed_records
            on known.record_key = changed_records.record_key
    {% else %}
        select
            {{ typed_null('string') }} as identifier_id,
            {{ typed_null('string') }} as record_key,
            {{ typed_null('string') }} as identifier_type,
            {{ typed_null('string') }} as identifier_value,
            {{ typed_null('timestamp') }} as first_seen_at,
            {{ typed_null('timestamp') }} as last_seen_at,
            {{ typed_null('timestamp') }} as carried_since,
            {{ typed_null('timestamp') }} as ended_at,
            {{ typed_null('string') }} as absent_tables,
            {{ typed_null('bigint') }} as person_number,
            {{ typed_null('string') }} as rules_hash
        where 1 = 0
    {% endif %}
),

carried as (
    select
        {{ dbt.hash(
            "identifier_type || '|' || cast(length(record_key) as " ~ dbt.type_string()
            ~ ") || '|' || record_key || identifier_value"
        ) }} as identifier_id,
        record_key,
        identifier_type,
        identifier_value,
        first_seen_at,
        last_seen_at
    from party_identifiers
),

known_carriers as (
    select record_key
    from known
    group by 1
),

current_identifiers as (
    select
        carried.identifier_id,
        carried.record_key,
        carried.identifier_type,
        carried.identifier_value,
        carried.first_seen_at,
        carried.last_seen_at,
        -- (of a new record its source knows since when; of another one it is seen when it changes)
        case
            when known.identifier_id is not null then known.carried_since
            when known_carriers.record_key is not null then {{ as_of }}
            else coalesce(carried.first_seen_at, {{ as_of }})
        end as carried_since,
        known_records.absent_tables,
        known_records.person_number,
        cast({{ rules_of_identifiers('known_records.source_name') }} as {{ dbt.type_string() }})
            as rules_hash
    from carried
    inner join known_records
        on carried.record_key = known_records.record_key
    left join known
        on carried.identifier_id = known.identifier_id
    left join known_carriers
        on carried.record_key = known_carriers.record_key
),

typed_by_visitors as (
    select
        record_key,
        identifier_value
    from carried
    where identifier_type = 'visitor_email'
),

-- (an email that turns out to be typed by a visitor of the browser was never its own)
missing as (
    select
        known.identifier_id,
        known.record_key,
        known.identifier_type,
        known.identifier_value,
        known.first_seen_at,
        known.last_seen_at,
        known.carried_since,
        known.ended_at,
        known.absent_tables,
        known.person_number,
        known.rules_hash,
        known_records.person_number as person_number_of_now,
        {{ rules_of_identifiers('known_records.source_name') }} as rules_of_now,
        known_records.is_at_rest
        or {{ is_at_rest('known_records.source_name', 'known.absent_tables') }} as is_at_rest
    from known
    inner join known_records
        on known.record_key = known_records.record_key
    left join carried
        on known.identifier_id = carried.identifier_id
    left join typed_by_visitors
        on known.record_key = typed_by_visitors.record_key
            and known.identifier_value = typed_by_visitors.identifier_value
            and known.identifier_type = 'email'
    where carried.identifier_id is null and typed_by_visitors.record_key is null
),

-- given up by records that are still there; where the rules changed, it is not known whether the
-- record did, and what it was known by before it became another's is that one's no more
given_up as (
    select
        *,
        case when is_at_rest then ended_at else coalesce(ended_at, {{ as_of }}) end as given_up_at
    from missing
    where is_at_rest
        or (
            person_number = person_number_of_now
            and (
                ended_at is not null
                or (
                    rules_hash = rules_of_now
                    and {{ dbt.datediff('carried_since', as_of, 'day') }}
                    >= {{ var('correction_days') }}
                )
            )
        )
),

remembered as (
    select
        given_up.*,
        cast({{ dbt.dateadd(
            'day', 'identifier_types.remember_days', 'cast(given_up.given_up_at as date)'
        ) }} as date) as forgotten_on
    from given_up
    left join identifier_types
        on given_up.identifier_type = identifier_types.identifier_type
)

select
    identifier_id,
    record_key,
    identifier_type,
    identifier_value,
    first_seen_at,
    last_seen_at,
    carried_since,
    {{ typed_null('timestamp') }} as ended_at,
    {{ typed_null('date') }} as forgotten_on,
    absent_tables,
    person_number,
    rules_hash
from current_identifiers

union all

select
    identifier_id,
    record_key,
    identifier_type,
    identifier_value,
    first_seen_at,
    last_seen_at,
    carried_since,
    given_up_at as ended_at,
    forgotten_on,
    absent_tables,
    person_number,
    rules_hash
from remembered
where forgotten_on is null or forgotten_on > {{ as_of_date() }}

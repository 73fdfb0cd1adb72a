-- One row per record and identifier it carries, with what the link may do: dropped_because is null
-- where it may join records, and else says why it may not.
--   blocked          the value is on the blocklist: nobody's own
--   shared_record    a browser on which more than one login or email was seen; a person's record
--                    with more values of a type than one customer may have, or named by a blocked one
--   hub              more records carry the value than the type's cap
--   shared_value     a device, cookie or push token seen with more than one login, email or id; a
--                    mailbox seen with more initials of given names than one person has
--   no_name          the type links only records of the same name, and this one has none
with

identifiers as (
    select * from {{ ref('int_party_identifiers') }}
),

party_records as (
    select * from {{ ref('int_party_records') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),


blocklist as (
    select * from {{ ref('identifier_blocklist') }}
),

carried as (
    select
        identifiers.record_key,
        nodes.node_id,
        party_records.party_type,
        party_records.record_kind,
        party_records.source_record_id,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        identifier_types.tier,
        identifier_types.max_records_per_value,
        identifier_types.max_values_per_customer,
        identifier_types.max_initials_per_value,
        identifier_types.is_shareable,
        substr({{ normalise_name('party_records.first_name') }}, 1, 1) as initial,
        case
            when identifier_types.needs_same_name
                then {{ normalise_name('party_records.first_name') }}
                    || ' ' || {{ normalise_name('party_records.last_name') }}
            else ''
        end as name_key
    from identifiers
    inner join party_records using (record_key)
    inner join nodes using (record_key)
    inner join identifier_types using (identifier_type)
),

blocked_values as (
    select
        carried.identifier_type,
        carried.identifier_value
    from carried
    inner join blocklist
        on blocklist.match_kind = 'exact'
            and blocklist.identifier_type in ('*', carried.identifier_type)
            and blocklist.blocked_value = lower(carried.identifier_value)
    union
    select
        identifier_type,
        identifier_value
    from carried
    where {{ matches_blocked_pattern('identifier_type', 'identifier_value') }}
),

-- who is seen on a record, and on a thing that can be shared
people as (
    select
        carried.record_key,
        carried.record_kind,
        carried.party_type,
        carried.identifier_type,
        carried.identifier_value,
        carried.max_values_per_customer
    from carried
    left join blocked_values
        on carried.identifier_type = blocked_values.identifier_type
            and carried.identifier_value = blocked_values.identifier_value
    where not carried.is_shareable and blocked_values.identifier_value is null
),

people_of_records as (
    select
        record_key,
        identifier_type,
        record_kind,
        max_values_per_customer,
        count(*) as value_count
    from people
    where party_type = 'person'
    group by 1, 2, 3, 4
),

shared_records as (
    select record_key
    from people_of_records
    where value_count > max_values_per_customer
        or (
            value_count > 1
            and record_kind = 'browser'
            and identifier_type in ('login_id', 'email')
        )
    union
    select carried.record_key
    from carried
    inner join blocked_values
        on carried.identifier_type = blocked_values.identifier_type
            and carried.identifier_value = blocked_values.identifier_value
    where carried.identifier_value = carried.source_record_id
),

people_of_values as (
    select
        things.identifier_type,
        things.identifier_value,
        people.identifier_type as person_type,
        count(distinct people.identifier_value) as person_count
    from carried as things
    inner join people using (record_key)
    where things.is_shareable
        and people.identifier_type in ('login_id', 'email', 'cio_id', 'loyalty_id')
    group by 1, 2, 3
),

shared_values as (
    select
        identifier_type,
        identifier_value
    from people_of_values
    where person_count > 1
    group by 1, 2
),

value_counts as (
    select
        party_type,
        identifier_type,
        identifier_value,
        count(*) as record_count,
        count(distinct initial) as initial_count
    from carried
    group by 1, 2, 3
)

select
    carried.record_key,
    carried.node_id,
    carried.party_type,
    carried.identifier_type,
    carried.identifier_value,
    carried.name_key,
    carried.tier,
    carried.is_shareable,
    carried.first_seen_at,
    carried.last_seen_at,
    value_counts.record_count,
    case
        when blocked_values.identifier_value is not null then 'blocked'
        when shared_records.record_key is not null then 'shared_record'
        when value_counts.record_count > carried.max_records_per_value then 'hub'
        when
            shared_values.identifier_value is not null
            or value_counts.initial_count > carried.max_initials_per_value
            then 'shared_value'
        when carried.name_key is null then 'no_name'
    end as dropped_because
from carried
inner join value_counts
    on carried.party_type = value_counts.party_type
        and carried.identifier_type = value_counts.identifier_type
        and carried.identifier_value = value_counts.identifier_value
left join shared_records
    on carried.record_key = shared_records.record_key
left join shared_values
    on carried.identifier_type = shared_values.identifier_type
        and carried.identifier_value = shared_values.identifier_value
left join blocked_values
    on carried.identifier_type = blocked_values.identifier_type
        and carried.identifier_value = blocked_values.identifier_value

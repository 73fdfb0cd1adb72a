-- One row per record and identifier it carries, with what the link may do: dropped_because is null
-- where it may join records, and else says why it may not.
--   blocked          the value is on the blocklist: nobody's own
--   shared_record    more than one person may stand behind the record
--   type             the type joins no records of this kind of party
--   hub              more records carry the value than the type's cap
--   shared_value     more than one person may stand behind the value
--   no_name          the type joins only records of the same name, and this one has none
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
),

shared_records as (
    select * from {{ ref('int_identity__shared_records') }}
),

shared_values as (
    select * from {{ ref('int_identity__shared_values') }}
),

value_counts as (
    select
        party_type,
        identifier_type,
        identifier_value,
        count(*) as record_count
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
    carried.is_shareable,
    carried.first_seen_at,
    carried.last_seen_at,
    value_counts.record_count,
    case
        when carried.is_blocked then 'blocked'
        when shared_records.record_key is not null then 'shared_record'
        when not carried.is_joining_type then 'type'
        when value_counts.record_count > carried.max_records_per_value then 'hub'
        when shared_values.identifier_value is not null then 'shared_value'
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
    on carried.party_type = 'person'
        and carried.identifier_type = shared_values.identifier_type
        and carried.identifier_value = shared_values.identifier_value
        and carried.name_key = shared_values.name_key

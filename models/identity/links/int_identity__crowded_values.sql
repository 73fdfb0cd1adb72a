-- One row per value that is on too many records to join any: on more than its type's cap, or on
-- more that were first seen on one day.
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
    where not is_blocked
),

-- (a record may carry two spellings of one value, and what is first seen on one day is in all: only
-- of these are records and days counted)
often_carried as (
    select
        party_type,
        identifier_type,
        compared_value,
        max_records_per_value,
        max_records_per_day
    from carried
    group by 1, 2, 3, 4, 5
    having count(*) > max_records_per_value or count(*) > max_records_per_day
),

sightings as (
    select
        carried.party_type,
        carried.identifier_type,
        carried.compared_value,
        often_carried.max_records_per_value,
        often_carried.max_records_per_day,
        carried.node_id,
        min(cast(carried.first_seen_at as date)) as seen_on
    from carried
    inner join often_carried
        on carried.party_type = often_carried.party_type
            and carried.identifier_type = often_carried.identifier_type
            and carried.compared_value = often_carried.compared_value
    group by 1, 2, 3, 4, 5, 6
),

candidates as (
    select
        party_type,
        identifier_type,
        compared_value,
        max_records_per_value,
        max_records_per_day,
        count(*) as record_count
    from sightings
    group by 1, 2, 3, 4, 5
),

days as (
    select
        party_type,
        identifier_type,
        compared_value,
        seen_on,
        count(*) as record_count
    from sightings
    where max_records_per_day is not null and seen_on is not null
    group by 1, 2, 3, 4
),

busiest_days as (
    select
        party_type,
        identifier_type,
        compared_value,
        max(record_count) as record_count
    from days
    group by 1, 2, 3
)

select
    candidates.party_type,
    candidates.identifier_type,
    candidates.compared_value,
    case
        when candidates.record_count > candidates.max_records_per_value then 'hub'
        else 'crowded_day'
    end as dropped_because
from candidates
left join busiest_days
    on candidates.party_type = busiest_days.party_type
        and candidates.identifier_type = busiest_days.identifier_type
        and candidates.compared_value = busiest_days.compared_value
where candidates.record_count > candidates.max_records_per_value
    or busiest_days.record_count > candidates.max_records_per_day

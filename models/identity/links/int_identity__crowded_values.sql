-- One row per value that is on too many records to join any: on more than its type's cap, or on
-- more that were first seen on one day.
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
    where not is_blocked
),

days as (
    select
        party_type,
        identifier_type,
        compared_value,
        max_records_per_value,
        max_records_per_day,
        -- (of a type without the cap there is nothing to count)
        case when max_records_per_day is not null then cast(first_seen_at as date) end as seen_on,
        count(*) as record_count
    from carried
    group by 1, 2, 3, 4, 5, 6
),

counted as (
    select
        party_type,
        identifier_type,
        compared_value,
        max_records_per_value,
        max_records_per_day,
        sum(record_count) as record_count,
        max(case when seen_on is not null then record_count end) as most_records_a_day
    from days
    group by 1, 2, 3, 4, 5
)

select
    party_type,
    identifier_type,
    compared_value,
    case when record_count > max_records_per_value then 'hub' else 'crowded_day' end
        as dropped_because
from counted
where record_count > max_records_per_value or most_records_a_day > max_records_per_day

-- The seed identifier_types makes sense. Returns the rows that do not, and what to do.
with

identifier_types as (
    select * from {{ ref('identifier_types') }}
)

select
    identifier_type,
    'a cap is 1 or more, or empty' as remedy
from identifier_types
where least(
        coalesce(max_people_per_value, 1), coalesce(max_records_per_value, 1),
        coalesce(max_records_per_day, 1), coalesce(max_values_per_customer, 1),
        coalesce(max_values_per_record, 1), coalesce(window_days, 1),
        coalesce(remember_days, 1)
    ) < 1

union all

select
    identifier_type,
    'a device never joins two people: leave max_people_per_value empty' as remedy
from identifier_types
where class = 'device' and max_people_per_value is not null

union all

select
    identifier_type,
    'window_days holds of devices alone: leave it empty' as remedy
from identifier_types
where class <> 'device' and window_days is not null

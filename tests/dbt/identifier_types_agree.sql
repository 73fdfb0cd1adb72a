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

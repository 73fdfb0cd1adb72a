-- The seeds of identity make sense (docs/identity.md). Returns the rows that do not: the seed, what
-- its row names, and what to do.
with

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

overrides as (
    select * from {{ ref('identity_overrides') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
)

select
    'identifier_types' as seed,
    identifier_type as row_name,
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
    'identifier_blocklist' as seed,
    blocklist.identifier_type as row_name,
    'name a type of the seed identifier_types, or * for all' as remedy
from blocklist
left join identifier_types
    on blocklist.identifier_type = identifier_types.identifier_type
where blocklist.identifier_type <> '*' and identifier_types.identifier_type is null

union all

select
    'identity_overrides' as seed,
    left_record_key as row_name,
    'a record is linked to, or kept apart from, another one: name it in right_record_key' as remedy
from overrides
where decision <> 'isolate'
    and (right_record_key is null or right_record_key = left_record_key)

union all

select
    'identity_overrides' as seed,
    left_record_key as row_name,
    'a record is isolated by itself: leave right_record_key empty' as remedy
from overrides
where decision = 'isolate' and right_record_key is not null

union all

select
    'identity_overrides' as seed,
    left_record_key as row_name,
    'two decisions of one time on one pair: give the later one a later decided_at' as remedy
from (
    select
        left_record_key,
        count(*) over (
            partition by
                least(left_record_key, right_record_key),
                greatest(left_record_key, right_record_key),
                decided_at
        ) as decision_count
    from overrides
    where right_record_key is not null
) as decisions
where decision_count > 1

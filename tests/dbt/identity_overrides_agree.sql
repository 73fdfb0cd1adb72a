-- The seed identity_overrides makes sense (docs/identity.md). Returns the rows that do not, and
-- what to do.
with

overrides as (
    select * from {{ ref('identity_overrides') }}
)

select
    left_record_key,
    'name each record by its record_key, source:id, as customer_identifiers has it' as remedy
from overrides
where left_record_key not like '%:%' or right_record_key not like '%:%'

union all

select
    left_record_key,
    'a record is linked to, or kept apart from, another one: name it in right_record_key' as remedy
from overrides
where decision <> 'isolate'
    and (right_record_key is null or right_record_key = left_record_key)

union all

select
    left_record_key,
    'a record is isolated by itself: leave right_record_key empty' as remedy
from overrides
where decision = 'isolate' and right_record_key is not null

union all

select
    left_record_key,
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

-- The seed identifier_blocklist makes sense. Returns the rows that do not, and what to do; a
-- pattern that the engine cannot compile is its error, which names the pattern.
with

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
)

select
    blocklist.identifier_type,
    blocklist.blocked_value,
    'name a type of the seed identifier_types, or * for all' as remedy
from blocklist
left join identifier_types
    on blocklist.identifier_type = identifier_types.identifier_type
where blocklist.identifier_type <> '*' and identifier_types.identifier_type is null

union all

select
    identifier_type,
    cast(null as {{ dbt.type_string() }}) as blocked_value,
    'a pattern of the type, or of all, matches a value of no letters, so that it blocks everything'
        as remedy
from identifier_types
where {{ matches_blocked_pattern('identifier_type', "''") }}

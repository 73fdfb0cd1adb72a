-- Types of identifiers that sources give, and the seed identifier_types has not: they would join
-- nobody, and be shown nowhere. Returns them, and what to do. (It asks for what became of them, and
-- not the seed, which is built and tested before there are any identifiers.)
with

known_types as (
    select identifier_type
    from {{ ref('int_identity__known_identifiers') }}
    group by 1
),

types_with_rules as (
    select identifier_type
    from {{ ref('int_identity__carried_identifiers') }}
    group by 1
)

select
    known_types.identifier_type,
    'give the type a row in the seed identifier_types' as remedy
from known_types
left join types_with_rules
    on known_types.identifier_type = types_with_rules.identifier_type
where types_with_rules.identifier_type is null

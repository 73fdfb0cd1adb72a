-- Types of identifiers that sources give, and the seed identifier_types has not: they would join
-- nobody, and be shown nowhere. Returns them, and what to do.
select
    identifier_type,
    'give the type a row in the seed identifier_types' as remedy
from {{ ref('int_identity__known_identifiers') }}
where identifier_type not in (
        select identifier_type from {{ ref('int_identity__carried_identifiers') }}
    )
group by 1

-- One row per identifier that more people claim than one: on more of them than its type allows, or
-- disputed between some. With the row that would block it, for the seed identifier_blocklist.
with

refused_merges as (
    select * from {{ ref('identity_refused_merges') }}
    where tier <> 'overrides' and reason not in ('unlink', 'party_type', 'size')
),

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
    where dropped_because in ('hub', 'crowded_day')
),

namespaces as (
    select
        identifier_type,
        namespace
    from {{ ref('identifier_namespaces') }}
    group by 1, 2
),

claims as (
    select
        identifier_type,
        identifier_value,
        reason,
        customer_id
    from refused_merges
    union all
    select
        identifier_type,
        identifier_value,
        reason,
        other_customer_id as customer_id
    from refused_merges
    union all
    select
        identifier_type,
        compared_value as identifier_value,
        dropped_because as reason,
        customer_id
    from identifiers
),

counted as (
    select
        identifier_type,
        identifier_value,
        count(distinct customer_id) as customer_count,
        min(reason) as reason
    from claims
    group by 1, 2
    having count(distinct customer_id) > 1
)

select
    -- the identifier
    counted.identifier_type,
    counted.identifier_value,

    -- who claims it
    counted.customer_count,
    counted.reason,

    -- (a number of a system that counts customers apart would be blocked everywhere)
    case
        when namespaces.namespace is null
            then counted.identifier_type || ',exact,"'
                || replace(lower(counted.identifier_value), '"', '""') || '",' || counted.reason
    end as blocklist_row
from counted
left join namespaces
    on counted.identifier_type = namespaces.identifier_type
        and counted.identifier_value like namespaces.namespace || ':%'

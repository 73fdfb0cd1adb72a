-- One row per identifier that more people claim than one: on more of them than its type allows, or
-- disputed between some. With the row that would block it, for the seed identifier_blocklist.
with

refused_merges as (
    select * from {{ ref('identity_refused_merges') }}
),

dropped_links as (
    select * from {{ ref('identity_dropped_links') }}
    where dropped_because in ('hub', 'crowded_day')
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
        identifier_value,
        dropped_because as reason,
        customer_id
    from dropped_links
)

select
    -- the identifier
    identifier_type,
    identifier_value,

    -- who claims it
    count(distinct customer_id) as customer_count,
    min(reason) as reason,
    identifier_type || ',exact,' || lower(identifier_value) || ',' || min(reason) as blocklist_row
from claims
where identifier_type <> 'override'
group by 1, 2

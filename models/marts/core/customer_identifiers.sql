-- One row per record and identifier: every contact point and id under which a customer is known.
with

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
)

select
    -- ids
    customer_id,
    record_key,

    -- the identifier
    identifier_type,
    identifier_value,
    dropped_because is null as is_linking,
    dropped_because,

    -- times
    first_seen_at,
    last_seen_at,
    ended_at
from identifiers

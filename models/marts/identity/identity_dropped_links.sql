-- One row per record and identifier that may join nobody, with the reason (docs/identity.md).
with

identifiers as (
    select * from {{ ref('customer_identifiers') }}
)

select
    -- ids
    customer_id,
    record_key,

    -- the identifier
    identifier_type,
    identifier_value,
    dropped_because
from identifiers
where dropped_because is not null

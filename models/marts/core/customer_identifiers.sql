-- One row per record and identifier: every contact point and id under which a customer is known.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key=['record_key', 'identifier_type', 'identifier_value'],
    meta={
        'entity': 'customer_id',
        'entities': 'int_identity__pending_customers',
        'other_rules': 'rebuild',
    },
) }}

with

pending_customers as (
    select * from {{ ref('int_identity__pending_customers') }}
),

identifiers as (
    select identifiers.*
    from {{ ref('int_identity__identifiers') }} as identifiers
    {% if is_incremental() and made_by_same_rules() %}
        inner join pending_customers
            on identifiers.customer_id = pending_customers.customer_id
    {% endif %}
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

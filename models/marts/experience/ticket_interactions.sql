-- One row per contact within a ticket up to the as-of date.
with

interactions as (
    select * from {{ ref('int_customer_facts__ticket_interactions') }}
),

tickets as (
    select * from {{ ref('int_customer_facts__tickets') }}
)

select
    -- ids
    interactions.interaction_id,
    interactions.ticket_id,
    interactions.customer_id,
    interactions.record_key,
    interactions.source_name,

    -- what it is
    interactions.interaction_type,
    tickets.channel,
    interactions.interacted_at as occurred_at,
    interactions.direction
from interactions
left join tickets on interactions.ticket_id = tickets.ticket_id

-- One row per contact within a ticket, of the customer it quotes, else of its ticket's record.
{{ config(enabled=source_is_enabled('support')) }}

with

interactions as (
    select * from {{ ref('stg_support__interactions') }}
),

tickets as (
    select * from {{ ref('stg_support__tickets') }}
)

select
    {{ record_key('support', 'interactions.source_interaction_id') }} as interaction_id,
    {{ record_key('support', 'interactions.source_ticket_id') }} as ticket_id,
    coalesce(interactions.record_key, tickets.record_key) as record_key,
    'support' as source_name,
    interactions.interaction_type,
    interactions.interacted_at,
    interactions.direction,
    interactions.agent_id,
    interactions.outcome,
    interactions.resolution_minutes,
    interactions.satisfaction,
    interactions.sentiment,
    interactions.escalation_level
from interactions
left join tickets
    on interactions.source_ticket_id = tickets.source_ticket_id

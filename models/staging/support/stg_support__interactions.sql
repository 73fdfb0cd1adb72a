-- One row per accepted record of support.interactions. The record key is that of the customer the
-- interaction itself quotes; whose ticket it is on, the mapping knows.
{{ config(enabled=source_is_enabled('support')) }}

with

accepted as (
    {{ accepted_rows('base_support__interactions') }}
)

select
    -- ids
    interaction_id as source_interaction_id,
    ticket_id as source_ticket_id,
    {{ record_key('support', 'customer_id') }} as record_key,
    customer_id as source_customer_id,
    agent_id,

    -- what it was
    lower(interaction_type) as interaction_type,
    lower(direction) as direction,
    lower(outcome) as outcome,
    escalation_level,

    -- measures
    resolution_minutes,
    satisfaction,
    sentiment,

    -- times
    interaction_at as interacted_at,
    loaded_at
from accepted

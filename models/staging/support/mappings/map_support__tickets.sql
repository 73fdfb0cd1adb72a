-- One row per help desk ticket.
{{ config(enabled=source_is_enabled('support')) }}

with

tickets as (
    select * from {{ ref('stg_support__tickets') }}
)

select
    {{ not_supplied('tickets', ['subject', 'reassignment_count']) }}
    {{ record_key('support', 'source_ticket_id') }} as ticket_id,
    record_key,
    'support' as source_name,
    source_ticket_id,
    ticket_status,
    priority,
    category,
    channel,
    created_at as opened_at,
    first_response_minutes,
    resolved_at,
    satisfaction,
    reopen_count
from tickets

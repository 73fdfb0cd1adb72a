-- One row per incident, as a ticket.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

incidents as (
    select * from {{ ref('stg_servicenow__incident') }}
)

select
    {{ not_supplied('tickets', ['channel', 'first_response_minutes', 'satisfaction']) }}
    {{ record_key('servicenow', 'source_incident_id') }} as ticket_id,
    record_key,
    'servicenow' as source_name,
    source_incident_id as source_ticket_id,
    case incident_state
        when 'new' then 'open'
        when 'in progress' then 'in_progress'
        else incident_state
    end as ticket_status,
    case priority_level
        when 1 then 'urgent'
        when 2 then 'high'
        when 3 then 'medium'
        when 4 then 'low'
    end as priority,
    category,
    short_description as subject,
    opened_at,
    resolved_at,
    reassignment_count,
    reopen_count
from incidents

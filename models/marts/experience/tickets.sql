-- One row per ticket opened up to the as-of date, as it stood by the end of it.
with

tickets as (
    select * from {{ ref('int_customer_facts__tickets') }}
),

measures as (
    select * from {{ ref('int_experience__tickets') }}
)

select
    -- ids
    tickets.ticket_id,
    tickets.customer_id,
    tickets.record_key,
    tickets.source_name,

    -- what it is
    tickets.subject,
    case
        when measures.is_open and tickets.ticket_status in ('resolved', 'closed') then 'open'
        else tickets.ticket_status
    end as ticket_status,
    measures.is_open,
    tickets.priority,
    tickets.category,
    tickets.channel,

    -- when
    tickets.opened_at,
    measures.first_response_at,
    measures.resolved_at,
    measures.first_response_hours,
    measures.resolution_hours,

    -- its target
    measures.sla_hours,
    measures.sla_due_at,
    measures.is_sla_met,

    -- how it went
    measures.reopened_count,
    measures.escalated_count,
    tickets.satisfaction,
    measures.interaction_count,

    {{ as_of_date() }} as as_of_date
from tickets
inner join measures on tickets.ticket_id = measures.ticket_id

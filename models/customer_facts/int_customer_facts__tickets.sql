-- One row per ticket opened up to the as-of date: its customer, and whether it was open then.
with

tickets as (
    {{ facts_of_customers('tickets', happened_at='opened_at', ended_at='resolved_at') }}
)

select
    *,
    case
        when resolved_at is null then ticket_status in ('open', 'in_progress')
        else cast(resolved_at as date) > {{ as_of_date() }}
    end as is_open
from tickets

-- One row per customer with a ticket or a survey answer that counts: how many, and how the tickets
-- went.
with

tickets as (
    select * from {{ ref('int_experience__tickets') }}
),

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
    where is_counted
),

counted as (
    select
        customer_id,
        1 as ticket_count,
        case when is_open then 1 else 0 end as open_ticket_count,
        case
            when is_open or {{ within_window('cast(opened_at as date)', 365) }} then 1 else 0
        end as recent_ticket_count,
        case when is_open and not is_sla_met then 1 else 0 end as overdue_ticket_count,
        case
            when not is_sla_met and {{ within_window('cast(sla_due_at as date)', 90) }} then 1
            else 0
        end as recently_missed_sla_count,
        resolution_hours,
        0 as survey_response_count,
        0 as nps_response_count
    from tickets

    union all

    select
        customer_id,
        0 as ticket_count,
        0 as open_ticket_count,
        0 as recent_ticket_count,
        0 as overdue_ticket_count,
        0 as recently_missed_sla_count,
        null as resolution_hours,
        1 as survey_response_count,
        case when survey_type = 'nps' then 1 else 0 end as nps_response_count
    from survey_answers
)

select
    customer_id,
    sum(ticket_count) as ticket_count,
    sum(open_ticket_count) as open_ticket_count,
    sum(recent_ticket_count) as recent_ticket_count,
    sum(overdue_ticket_count) as overdue_ticket_count,
    sum(recently_missed_sla_count) as recently_missed_sla_count,
    {{ mean_of('resolution_hours', 2) }} as mean_resolution_hours,
    sum(survey_response_count) as survey_response_count,
    sum(nps_response_count) as nps_response_count
from counted
where customer_id is not null
group by 1

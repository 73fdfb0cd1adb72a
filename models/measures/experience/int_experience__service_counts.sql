-- One row per customer with a ticket or a survey answer that counts: how many.
with

tickets as (
    select * from {{ ref('int_customer_facts__tickets') }}
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
        0 as survey_response_count,
        0 as nps_response_count
    from tickets

    union all

    select
        customer_id,
        0 as ticket_count,
        0 as open_ticket_count,
        1 as survey_response_count,
        case when survey_type = 'nps' then 1 else 0 end as nps_response_count
    from survey_answers
)

select
    customer_id,
    sum(ticket_count) as ticket_count,
    sum(open_ticket_count) as open_ticket_count,
    sum(survey_response_count) as survey_response_count,
    sum(nps_response_count) as nps_response_count
from counted
where customer_id is not null
group by 1

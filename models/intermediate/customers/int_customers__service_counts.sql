-- One row per customer with a ticket or a survey answer up to the as-of date: how many.
with

tickets as (
    select
        record_key,
        count(*) as ticket_count,
        sum(case when {{ is_open_as_of_date() }} then 1 else 0 end) as open_ticket_count
    from {{ ref('int_tickets') }}
    where cast(opened_at as date) <= {{ as_of_date() }}
    group by 1
),

survey_responses as (
    select
        record_key,
        count(*) as survey_response_count,
        sum(case when survey_type = 'nps' then 1 else 0 end) as nps_response_count
    from {{ ref('int_survey_responses') }}
    where cast(responded_at as date) <= {{ as_of_date() }}
    group by 1
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
)

select
    identity_map.customer_id,
    sum(coalesce(tickets.ticket_count, 0)) as ticket_count,
    sum(coalesce(tickets.open_ticket_count, 0)) as open_ticket_count,
    sum(coalesce(survey_responses.survey_response_count, 0)) as survey_response_count,
    sum(coalesce(survey_responses.nps_response_count, 0)) as nps_response_count
from identity_map
left join tickets using (record_key)
left join survey_responses using (record_key)
where tickets.record_key is not null or survey_responses.record_key is not null
group by 1

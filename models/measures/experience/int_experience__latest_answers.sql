-- One row per customer with a survey answer within risk_window_days: the last of each type, the
-- worst where several were given at once; NPS as it is, CSAT on 1-5, effort on 1-7 where 7 is the
-- most.
with

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
    where is_counted
        and customer_id is not null
        and {{ within_window('response_date', var('risk_window_days')) }}
),

latest as (
    select * from survey_answers
    qualify row_number() over (
            partition by customer_id, survey_type
            order by {{ last_answer_first() }}
        ) = 1
)

select
    customer_id,
    max(case when survey_type = 'nps' then score end) as nps_score,
    max(case when survey_type = 'nps' then category end) as nps_category,
    max(case when survey_type = 'nps' then responded_at end) as nps_at,
    max(csat_score) as csat_score,
    max(case when survey_type = 'csat' then responded_at end) as csat_at,
    max(ces_effort) as ces_effort,
    max(case when survey_type = 'ces' then responded_at end) as ces_at
from latest
group by 1

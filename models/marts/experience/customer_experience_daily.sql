-- One row per customer and day (UTC) with a survey answer that counts.
with

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
    where is_counted and customer_id is not null
),

last_of_day as (
    select * from {{ ref('int_experience__period_answers') }}
    where period_type = 'day' and survey_type = 'nps' and is_latest
),

answers as (
    select
        survey_answers.*,
        case when last_of_day.survey_answer_id is not null then survey_answers.category end
            as last_nps_category
    from survey_answers
    left join last_of_day on survey_answers.survey_answer_id = last_of_day.survey_answer_id
)

select
    customer_id,
    response_date as experience_date,
    {{ mean_of("case when survey_type = 'nps' then score end", 1) }} as nps_score,
    max(last_nps_category) as nps_category,
    {{ mean_of('csat_score', 2) }} as csat_score,
    {{ mean_of('ces_effort', 2) }} as ces_effort,
    count(case when survey_type = 'nps' then 1 end) as nps_response_count,
    count(case when survey_type = 'csat' then 1 end) as csat_response_count,
    count(case when survey_type = 'ces' then 1 end) as ces_response_count
from answers
group by 1, 2

-- One row per survey answer up to the as-of date.
with

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
),

period_answers as (
    select * from {{ ref('int_experience__period_answers') }}
    where is_latest
),

latest as (
    select
        survey_answer_id,
        max(case when period_type = 'month' then 1 else 0 end) = 1 as is_of_month,
        max(case when period_type = 'quarter' then 1 else 0 end) = 1 as is_of_quarter
    from period_answers
    group by 1
)

select
    -- ids
    answers.survey_answer_id,
    answers.customer_id,
    answers.record_key,
    answers.source_name,

    -- the answer
    answers.survey_type,
    answers.score,
    answers.scale_min,
    answers.scale_max,
    answers.higher_is_better,
    answers.ces_version,
    answers.csat_score,
    answers.ces_effort,
    answers.category,
    answers.channel,
    answers.comment,
    answers.duration_minutes,

    -- when
    answers.responded_at,
    answers.response_date,

    -- whether it counts
    answers.is_counted,
    coalesce(latest.is_of_month, false) as is_latest_of_month,
    coalesce(latest.is_of_quarter, false) as is_latest_of_quarter
from survey_answers as answers
left join latest on answers.survey_answer_id = latest.survey_answer_id

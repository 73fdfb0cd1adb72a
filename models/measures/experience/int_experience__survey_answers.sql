-- One row per survey answer up to the as-of date, with what its score means: a category, CSAT on
-- 1-5, effort on 1-7 where 7 is the most, whatever the question. Where two systems have answers of
-- one customer, type and day, those of one count: of the answer with a comment, then the later.
with

survey_responses as (
    select * from {{ ref('int_customer_facts__survey_responses') }}
),

scaled as (
    select
        *,
        cast(responded_at as date) as response_date,
        cast(
            case
                when survey_type = 'csat' then 1 + (score - scale_min) * 4 / (scale_max - scale_min)
            end as numeric(18, 4)
        ) as csat_score,
        cast(
            case
                when ces_version = 'ease_1_7' then 8 - score
                when survey_type = 'ces' then 1 + (score - 1) * 6 / 4
            end as numeric(18, 4)
        ) as ces_effort
    from survey_responses
)

select
    survey_answer_id,
    customer_id,
    record_key,
    source_name,
    survey_type,

    -- the answer
    score,
    scale_min,
    scale_max,
    higher_is_better,
    ces_version,
    csat_score,
    ces_effort,
    case
        when survey_type = 'nps' and score >= 9 then 'Promoter'
        when survey_type = 'nps' and score >= 7 then 'Passive'
        when survey_type = 'nps' then 'Detractor'
        when survey_type = 'csat' and score >= scale_max - 1 then 'Satisfied'
        when survey_type = 'csat' and score >= scale_max - 2 then 'Neutral'
        when survey_type = 'csat' then 'Dissatisfied'
        when ces_effort <= 3 then 'Easy'
        when ces_effort < 5 then 'Neutral'
        else 'Hard'
    end as category,
    channel,
    comment,
    duration_minutes,

    -- when
    responded_at,
    response_date,

    -- whether it counts
    customer_id is null
    or source_name = first_value(source_name) over (
        partition by customer_id, survey_type, response_date
        order by
            case when comment is null then 1 else 0 end,
            responded_at desc,
            survey_answer_id
    ) as is_counted
from scaled

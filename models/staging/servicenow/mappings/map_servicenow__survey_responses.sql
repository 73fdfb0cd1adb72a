-- One row per effort question answered with a score. The seed effort_questions says which questions
-- ask for effort and on which scale; a result that holds no number within the scale is a duration
-- and no answer.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

metric_results as (
    select * from {{ ref('stg_servicenow__metric_result') }}
),

effort_questions as (
    select * from {{ ref('effort_questions') }}
),

-- a question that names both asks how easy it was: ease_1_7 sorts before effort_1_5
questions as (
    select
        metric_results.question_key,
        min(effort_questions.ces_version) as ces_version
    from metric_results
    inner join effort_questions
        on {{ dbt.position('lower(effort_questions.pattern)', 'metric_results.question_key') }} > 0
    group by 1
),

answers as (
    select
        metric_results.source_metric_id,
        metric_results.record_key,
        metric_results.duration_minutes,
        questions.ces_version,
        {{ to_decimal('metric_results.actual_value', 'numeric(18,4)') }} as score,
        case when questions.ces_version = 'ease_1_7' then 7 else 5 end as scale_max,
        metric_results.measured_at
    from metric_results
    inner join questions
        on metric_results.question_key = questions.question_key
)

select
    {{ not_supplied('survey_responses', ['channel', 'comment']) }}
    {{ record_key('servicenow', 'source_metric_id') }} || ':ces' as survey_answer_id,
    record_key,
    'servicenow' as source_name,
    'ces' as survey_type,
    score,
    1 as scale_min,
    scale_max,
    ces_version = 'ease_1_7' as higher_is_better,
    ces_version,
    duration_minutes,
    measured_at as responded_at
from answers
where score between 1 and scale_max

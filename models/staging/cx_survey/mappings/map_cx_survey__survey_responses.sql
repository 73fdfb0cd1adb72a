-- One row per answered score: a response that answers three scores gives three rows.
{{ config(enabled=source_is_enabled('cx_survey')) }}

with

responses as (
    select * from {{ ref('stg_cx_survey__survey_response') }}
),

nps_answers as (
    select
        source_response_id,
        'nps' as survey_type,
        nps_rating as score,
        0 as scale_min,
        10 as scale_max,
        true as higher_is_better,
        {{ typed_null('string') }} as ces_version
    from responses
    where nps_rating is not null
),

csat_answers as (
    select
        source_response_id,
        'csat' as survey_type,
        csat_rating as score,
        1 as scale_min,
        5 as scale_max,
        true as higher_is_better,
        {{ typed_null('string') }} as ces_version
    from responses
    where csat_rating is not null
),

ces_answers as (
    select
        source_response_id,
        'ces' as survey_type,
        ces_rating as score,
        1 as scale_min,
        case when ces_version = 'ease_1_7' then 7 else 5 end as scale_max,
        ces_version = 'ease_1_7' as higher_is_better,
        ces_version
    from responses
    where ces_rating is not null
),

answers as (
    select * from nps_answers
    union all
    select * from csat_answers
    union all
    select * from ces_answers
)

select
    {{ not_supplied('survey_responses', ['duration_minutes']) }}
    {{ record_key('cx_survey', 'answers.source_response_id') }} || ':' || answers.survey_type
        as survey_answer_id,
    responses.record_key,
    'cx_survey' as source_name,
    answers.survey_type,
    answers.score,
    answers.scale_min,
    answers.scale_max,
    answers.higher_is_better,
    answers.ces_version,
    responses.channel,
    responses.comment,
    responses.responded_at
from answers
inner join responses
    on answers.source_response_id = responses.source_response_id

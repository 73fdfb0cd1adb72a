-- One row per customer with a survey answer within risk_window_days: the last of each type, the
-- worst where several were given at once; NPS as it is, CSAT on 1-5, effort on 1-7 where 7 is the
-- most.
with

answers as (
    select * from {{ ref('int_customer_facts__survey_responses') }}
    where customer_id is not null
        and {{ within_window('cast(responded_at as date)', var('risk_window_days')) }}
),

scaled as (
    select
        survey_answer_id,
        customer_id,
        survey_type,
        responded_at,
        case
            when survey_type = 'nps' then score
            when survey_type = 'csat' then 1 + (score - scale_min) * 4 / (scale_max - scale_min)
            when ces_version = 'ease_1_7' then 8 - score
            else 1 + (score - 1) * 6 / 4
        end as scaled_score
    from answers
),

latest as (
    select * from scaled
    qualify row_number() over (
            partition by customer_id, survey_type
            order by
                responded_at desc,
                case when survey_type = 'ces' then -scaled_score else scaled_score end,
                survey_answer_id
        ) = 1
)

select
    customer_id,
    max(case when survey_type = 'nps' then cast(scaled_score as numeric(18, 4)) end) as nps_score,
    max(case when survey_type = 'nps' then responded_at end) as nps_at,
    max(case when survey_type = 'csat' then cast(scaled_score as numeric(18, 4)) end) as csat_score,
    max(case when survey_type = 'csat' then responded_at end) as csat_at,
    max(case when survey_type = 'ces' then cast(scaled_score as numeric(18, 4)) end) as ces_effort,
    max(case when survey_type = 'ces' then responded_at end) as ces_at
from latest
group by 1

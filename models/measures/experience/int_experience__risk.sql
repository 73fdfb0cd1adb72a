-- One row per customer with a score within risk_window_days: the worst level of seed risk_bands
-- that its last scores reach, Low where they reach none, and which of them reach it.
with

answers as (
    select * from {{ ref('int_experience__latest_answers') }}
),

risk_bands as (
    select * from {{ ref('risk_bands') }}
),

reached as (
    select
        answers.customer_id,
        risk_bands.risk_level,
        risk_bands.severity,
        coalesce(answers.nps_score <= risk_bands.nps_at_most, false) as is_by_nps,
        coalesce(answers.csat_score <= risk_bands.csat_at_most, false) as is_by_csat,
        coalesce(answers.ces_effort >= risk_bands.ces_effort_at_least, false) as is_by_effort
    from answers
    cross join risk_bands
),

worst as (
    select
        *,
        case when is_by_nps then ', nps' else '' end
        || case when is_by_csat then ', csat' else '' end
        || case when is_by_effort then ', effort' else '' end as drivers
    from reached
    where is_by_nps or is_by_csat or is_by_effort
    qualify row_number() over (partition by customer_id order by severity) = 1
)

select
    answers.customer_id,
    answers.nps_score,
    answers.nps_category,
    answers.nps_at,
    answers.csat_score,
    answers.csat_at,
    answers.ces_effort,
    answers.ces_at,
    coalesce(worst.risk_level, 'Low') as risk_level,
    nullif(substring(worst.drivers, 3), '') as risk_drivers
from answers
left join worst on answers.customer_id = worst.customer_id

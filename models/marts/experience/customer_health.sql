-- One row per customer: how likely it is to turn away, how it fares, what it is worth, and what to
-- do about it. Scores are the last within risk_window_days.
{% do check_vars() %}
{% set tiers = var('value_tiers') %}
{% set high_tiers = "'" ~ tiers[:2] | map(attribute='tier') | join("', '") ~ "'" %}
with

customers as (
    select * from {{ ref('customers') }}
),

risks as (
    select * from {{ ref('int_experience__risk') }}
),

health as (
    select * from {{ ref('int_experience__health') }}
),

customer_rfm as (
    select * from {{ ref('customer_rfm') }}
),

customer_clv as (
    select * from {{ ref('customer_clv') }}
),

recurring as (
    select * from {{ ref('int_value__recurring') }}
),

lifecycles as (
    select * from {{ ref('int_customer_360__lifecycle') }}
),

next_actions as (
    select * from {{ ref('next_actions') }}
),

valued as (
    select
        customers.customer_id,
        customers.is_anonymous,
        coalesce(risks.risk_level, 'Unknown') as risk_level,
        risks.risk_drivers,
        risks.nps_score,
        risks.csat_score,
        risks.ces_effort,
        health.health_score,
        health.health_band,
        health.health_drivers,
        health.experience_score,
        health.support_load_score,
        health.usage_trend_score,
        health.payment_score,
        health.recency_score_part,
        customer_rfm.rfm_segment,
        customer_clv.revenue_trend,
        lifecycles.has_churn_risk,
        case
            when customer_rfm.value_tier in ({{ high_tiers }})
                or recurring.arr > {{ tiers[:2][-1].min_spend }} then 'High'
            when customer_rfm.value_tier <> 'NEW'
                or recurring.arr > {{ tiers[-1].min_spend }} then 'Mid'
            when customer_rfm.customer_id is not null
                or customer_clv.customer_id is not null
                or recurring.mrr > 0
                or recurring.mrr_ended_on is not null then 'Low'
        end as value_level
    from customers
    left join risks on customers.customer_id = risks.customer_id
    left join health on customers.customer_id = health.customer_id
    left join customer_rfm on customers.customer_id = customer_rfm.customer_id
    left join customer_clv on customers.customer_id = customer_clv.customer_id
    left join recurring on customers.customer_id = recurring.customer_id
    inner join lifecycles on customers.customer_id = lifecycles.customer_id
),

possible_actions as (
    select
        valued.customer_id,
        next_actions.place,
        next_actions.next_action,
        case
            when next_actions.next_action = 'Contact immediately' and valued.risk_level = 'Critical'
                then 'risk Critical'
            when next_actions.next_action = 'Contact immediately'
                and valued.risk_level = 'High' and valued.value_level = 'High'
                then 'risk High, value High'
            when next_actions.next_action = 'Win back' and valued.has_churn_risk then 'ChurnRisk'
            when next_actions.next_action = 'Win back'
                and valued.rfm_segment in ('At Risk', 'Cannot Lose Them', 'Lost')
                then 'RFM segment ' || valued.rfm_segment
            when next_actions.next_action = 'Upsell opportunity'
                and valued.revenue_trend = 'Growing' and valued.risk_level = 'Low'
                then 'revenue Growing, risk Low'
            when next_actions.next_action = 'Ask for feedback' and valued.risk_level = 'Unknown'
                then 'risk Unknown'
            when next_actions.next_action = 'Monitor' then 'nothing else applies'
        end as next_action_reason
    from valued
    cross join next_actions
    where not valued.is_anonymous
),

advised as (
    select * from possible_actions
    where next_action_reason is not null
    qualify row_number() over (partition by customer_id order by place) = 1
)

select
    -- ids
    valued.customer_id,

    -- risk
    valued.risk_level,
    valued.risk_drivers,
    valued.nps_score,
    valued.csat_score,
    valued.ces_effort,

    -- health
    valued.health_score,
    valued.health_band,
    valued.health_drivers,
    valued.experience_score,
    valued.usage_trend_score,
    valued.recency_score_part,
    valued.support_load_score,
    valued.payment_score,

    -- what it is worth
    valued.value_level,
    coalesce(valued.value_level || ' Value', 'Prospect') || case
        when valued.risk_level in ('Critical', 'High') or valued.health_band = 'Red'
            then ', At Risk'
        when valued.risk_level <> 'Unknown' or valued.health_band is not null then ', Healthy'
        else ', Unmeasured'
    end as customer_segment,

    -- what to do
    advised.next_action,
    advised.next_action_reason,

    {{ as_of_date() }} as as_of_date
from valued
left join advised on valued.customer_id = advised.customer_id

-- One row per customer that may leave: one with a contract, or one that bought or was billed and
-- whose last paid contract, if there was one, did not end after the last purchase. The target is
-- always the same: no purchase within var churn_horizon_days of the as-of date.
{% set terms = [
    ('nps_detractor', 30, "answers.nps_score <= 6"),
    ('nps_promoter', -20, "answers.nps_score >= 9"),
    ('csat_low', 20, "answers.csat_score < 3"),
    ('revenue_declining', 15, "clv.revenue_trend = 'Declining'"),
    ('nps_passive', 10, "answers.nps_score > 6 and answers.nps_score < 9"),
    ('csat_high', -10, "answers.csat_score > 4"),
    ('revenue_growing', -10, "clv.revenue_trend = 'Growing'"),
    ('csat_middle', 5, "answers.csat_score >= 3 and answers.csat_score <= 4"),
] %}
with

clv as (
    select * from {{ ref('int_value__clv') }}
),

subscriptions as (
    select * from {{ ref('int_value__subscriptions') }}
    where customer_id is not null and subscription_status <> 'future'
),

answers as (
    select * from {{ ref('int_experience__latest_answers') }}
),

predictions as (
    select * from {{ ref('int_value__predictions') }}
),

contracts as (
    select
        customer_id,
        sum(mrr_reporting) > 0 as has_mrr,
        max(
            case
                when subscription_status in ('active', 'trial', 'suspended') then 1
                when end_date > {{ as_of_date() }} then 1
                else 0
            end
        ) = 1 as has_contract,
        -- a trial that nobody paid for is none that ended
        max(
            case
                when end_date <= {{ as_of_date() }} and first_mrr_reporting is not null
                    then end_date
            end
        ) as last_ended_on
    from subscriptions
    group by 1
),

customers as (
    select customer_id from clv
    union
    select customer_id from contracts
),

in_play as (
    select
        customers.customer_id,
        coalesce(contracts.has_mrr, false) as has_mrr
    from customers
    left join contracts on customers.customer_id = contracts.customer_id
    left join clv on customers.customer_id = clv.customer_id
    where coalesce(contracts.has_contract or contracts.has_mrr, false)
        or (clv.customer_id is not null and contracts.last_ended_on is null)
        or clv.last_purchase_date >= contracts.last_ended_on
),

scored as (
    select
        in_play.customer_id,
        in_play.has_mrr,
        predictions.no_purchase_probability,
        answers.nps_score is null and answers.csat_score is null and clv.revenue_trend is null
            as is_unknown,
        20
        {%- for name, points, condition in terms %}
            + case when {{ condition }} then {{ points }} else 0 end
        {%- endfor %} as points,
        ''
        {%- for name, points, condition in terms %}
            || case when {{ condition }} then ', {{ name }}' else '' end
        {%- endfor %} as drivers
    from in_play
    left join clv on in_play.customer_id = clv.customer_id
    left join answers on in_play.customer_id = answers.customer_id
    left join predictions on in_play.customer_id = predictions.customer_id
),

probabilities as (
    select
        customer_id,
        case
            when has_mrr or no_purchase_probability is null then 'rules'
            else 'model'
        end as churn_method,
        round(no_purchase_probability, 6) as churn_probability_model,
        cast(case when is_unknown then 50 else greatest(least(points, 95), 0) end as double) / 100
            as churn_probability_rules,
        nullif(substring(drivers, 3), '') as churn_drivers
    from scored
)

select
    customer_id,
    case churn_method when 'model' then churn_probability_model else churn_probability_rules end
        as churn_probability,
    churn_method,
    churn_probability_model,
    churn_probability_rules,
    churn_drivers,
    cast({{ var('churn_horizon_days') }} as bigint) as horizon_days
from probabilities

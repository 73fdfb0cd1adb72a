-- One row per customer, and the stage of its life: the first that fits.
{% set days_since_activity = dbt.datediff('last_activity_date', as_of_date(), 'day') %}
with

customers as (
    select
        customer_id,
        cast(first_seen_at as date) as first_seen_date
    from {{ ref('int_identity__golden_records') }}
),

activity as (
    select * from {{ ref('int_customer_360__activity') }}
),

purchases as (
    select * from {{ ref('int_customer_360__purchases') }}
),

rfm as (
    select * from {{ ref('int_value__rfm') }}
),

recurring as (
    select * from {{ ref('int_value__recurring') }}
),

risks as (
    select * from {{ ref('int_experience__risk') }}
),

alert_days as (
    select * from {{ ref('int_alert_days') }}
    where alert_date = {{ as_of_date() }} and metric = 'churn_probability'
),

churn_risks as (
    select customer_id
    from alert_days
    where customer_id is not null
    group by 1
),

-- who never did anything is judged from when it was first seen
lives as (
    select
        customers.customer_id,
        customers.first_seen_date,
        greatest(
            coalesce(activity.last_activity_date, customers.first_seen_date),
            customers.first_seen_date
        ) as last_activity_date,
        coalesce(recurring.active_subscription_count > 0 or recurring.mrr > 0, false)
            as has_subscription,
        recurring.mrr_ended_on is not null
        and coalesce(purchases.last_purchase_date < recurring.mrr_ended_on, true) as has_churned,
        coalesce(rfm.value_tier = '{{ var("value_tiers")[0].tier }}', false) as is_vip,
        churn_risks.customer_id is not null as has_churn_risk,
        coalesce(risks.risk_level in ('High', 'Critical'), false) as is_at_risk
    from customers
    left join activity on customers.customer_id = activity.customer_id
    left join recurring on customers.customer_id = recurring.customer_id
    left join purchases on customers.customer_id = purchases.customer_id
    left join rfm on customers.customer_id = rfm.customer_id
    left join risks on customers.customer_id = risks.customer_id
    left join churn_risks on customers.customer_id = churn_risks.customer_id
)

select
    customer_id,
    last_activity_date,
    has_churn_risk,
    case
        when has_churned then 'Lost'
        when not has_subscription and {{ days_since_activity }} >= 365 then 'Lost'
        when {{ dbt.datediff('first_seen_date', as_of_date(), 'day') }} <= 30 then 'New'
        when is_vip then 'VIP'
        when not has_subscription and {{ days_since_activity }} >= 180 then 'Dormant'
        when is_at_risk or has_churn_risk then 'At Risk'
        else 'Active'
    end as lifecycle_stage
from lives

-- One row per customer of whom anything was measured up to the as-of date: its measures as of that
-- day, and whether something happened on it.
{% set day = as_of_date() %}
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
    where customer_id is not null
),

revenue as (
    select * from {{ ref('int_value__revenue') }}
),

clv as (
    select * from {{ ref('int_value__clv') }}
),

churn as (
    select * from {{ ref('int_value__churn') }}
),

subscriptions as (
    select * from {{ ref('int_value__subscriptions') }}
),

recurring as (
    select * from {{ ref('int_value__recurring') }}
),

subscription_changes as (
    select * from {{ ref('int_value__subscription_changes') }}
),

transactions as (
    select * from {{ ref('int_value__billing_transactions') }}
),

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
),

tickets as (
    select * from {{ ref('int_experience__tickets') }}
),

risks as (
    select * from {{ ref('int_experience__risk') }}
),

health as (
    select * from {{ ref('int_experience__health') }}
),

service as (
    select * from {{ ref('int_experience__service_counts') }}
),

alert_days as (
    select * from {{ ref('int_alert_days') }}
    where alert_date = {{ day }} and customer_id is not null
),

revenue_of_day as (
    select
        customer_id,
        sum(net_amount_reporting) as net_revenue_reporting
    from orders
    where order_date = {{ day }}
    group by 1
),

alerts as (
    select
        customer_id,
        count(distinct alert_type) as alert_count
    from alert_days
    group by 1
),

active as (
    select customer_id from revenue_of_day
    union
    select customer_id from subscriptions
    where start_date = {{ day }} or end_date = {{ day }}
    union
    select customer_id from subscription_changes
    where changed_on = {{ day }}
    union
    select customer_id from transactions
    where cast(transacted_at as date) = {{ day }}
    union
    select customer_id from survey_answers
    where response_date = {{ day }}
    union
    select customer_id from tickets
    where cast(opened_at as date) = {{ day }} or cast(resolved_at as date) = {{ day }}
),

customers as (
    select customer_id from active
    where customer_id is not null
    union
    select customer_id from orders
    union
    select customer_id from revenue
    union
    select customer_id from churn
    union
    select customer_id from recurring
    union
    select customer_id from service
    union
    select customer_id from health
    union
    select customer_id from alerts
)

select
    -- ids
    customers.customer_id,
    {{ day }} as metric_date,

    -- value
    cast(
        case
            when revenue_of_day.customer_id is not null then revenue_of_day.net_revenue_reporting
            {{ 'else 0' if suppliers_of('orders') }}
        end as numeric(28, 4)
    ) as net_revenue_reporting,
    revenue.revenue_reporting as lifetime_revenue_reporting,
    recurring.mrr,
    clv.simple_clv,
    clv.predicted_clv_12m,

    -- experience
    risks.nps_score,
    risks.nps_category,
    risks.csat_score,
    risks.ces_effort,
    coalesce(risks.risk_level, 'Unknown') as risk_level,
    churn.churn_probability,
    health.health_score,
    {{ zero_if_measured('service.open_ticket_count', 'tickets') }} as open_ticket_count,
    cast(coalesce(alerts.alert_count, 0) as bigint) as open_alert_count,

    -- whether it is told of in customer_metrics_daily, whatever the day
    active.customer_id is not null as is_active_day
from customers
left join revenue_of_day on customers.customer_id = revenue_of_day.customer_id
left join revenue on customers.customer_id = revenue.customer_id
left join recurring on customers.customer_id = recurring.customer_id
left join clv on customers.customer_id = clv.customer_id
left join churn on customers.customer_id = churn.customer_id
left join risks on customers.customer_id = risks.customer_id
left join health on customers.customer_id = health.customer_id
left join service on customers.customer_id = service.customer_id
left join alerts on customers.customer_id = alerts.customer_id
left join active on customers.customer_id = active.customer_id

-- customer_metrics_latest says of every customer what the other marts do. (Returns the customers of
-- whom it says something else.)
with

latest as (
    select * from {{ ref('customer_metrics_latest') }}
),

customer_360 as (
    select * from {{ ref('customer_360') }}
),

alert_days as (
    select
        customer_id,
        count(distinct alert_type) as alert_count
    from {{ ref('int_alert_days') }}
    where alert_date = {{ as_of_date() }}
    group by 1
),

revenue as (
    select
        customer_id,
        sum(revenue_reporting) as lifetime_revenue_reporting
    from {{ ref('revenue_monthly') }}
    group by 1
)

select
    customer_360.customer_id,
    latest.metric_date
from customer_360
left join latest on customer_360.customer_id = latest.customer_id
left join revenue on customer_360.customer_id = revenue.customer_id
left join alert_days on customer_360.customer_id = alert_days.customer_id
where latest.lifetime_revenue_reporting is distinct from revenue.lifetime_revenue_reporting
    or latest.mrr is distinct from customer_360.mrr
    or latest.simple_clv is distinct from customer_360.simple_clv
    or latest.predicted_clv_12m is distinct from customer_360.predicted_clv_12m
    or latest.nps_score is distinct from customer_360.nps_score
    or latest.nps_category is distinct from customer_360.nps_category
    or latest.csat_score is distinct from customer_360.csat_score
    or latest.ces_effort is distinct from customer_360.ces_effort
    or coalesce(latest.risk_level, 'Unknown') <> customer_360.risk_level
    or latest.churn_probability is distinct from customer_360.churn_probability
    or latest.health_score is distinct from customer_360.health_score
    or coalesce(latest.open_ticket_count, 0) <> coalesce(customer_360.open_ticket_count, 0)
    or coalesce(latest.open_alert_count, 0) <> coalesce(alert_days.alert_count, 0)
    or latest.open_alert_count > customer_360.open_alert_count

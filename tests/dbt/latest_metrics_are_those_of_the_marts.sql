-- customer_metrics_latest says of every customer what the other marts do. (Returns the customers of
-- whom it says something else.)
with

latest as (
    select * from {{ ref('customer_metrics_latest') }}
),

customer_360 as (
    select * from {{ ref('customer_360') }}
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
where coalesce(latest.lifetime_revenue_reporting, -1)
    <> coalesce(revenue.lifetime_revenue_reporting, -1)
    or coalesce(latest.mrr, -1) <> coalesce(customer_360.mrr, -1)
    or coalesce(latest.simple_clv, -1) <> coalesce(customer_360.simple_clv, -1)
    or coalesce(latest.predicted_clv_12m, -1) <> coalesce(customer_360.predicted_clv_12m, -1)
    or coalesce(latest.nps_score, -1) <> coalesce(customer_360.nps_score, -1)
    or coalesce(latest.csat_score, -1) <> coalesce(customer_360.csat_score, -1)
    or coalesce(latest.ces_effort, -1) <> coalesce(customer_360.ces_effort, -1)
    or coalesce(latest.risk_level, 'Unknown') <> customer_360.risk_level
    or coalesce(latest.churn_probability, -1) <> coalesce(customer_360.churn_probability, -1)
    or coalesce(latest.health_score, -1) <> coalesce(customer_360.health_score, -1)
    or coalesce(latest.open_ticket_count, 0) <> coalesce(customer_360.open_ticket_count, 0)
    or latest.open_alert_count > customer_360.open_alert_count

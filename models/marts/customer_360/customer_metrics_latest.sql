-- One row per customer of whom anything was measured: its measures as of the as-of date.
with

customer_day as (
    select * from {{ ref('int_customer_day') }}
)

select
    -- ids
    customer_id,
    metric_date,

    -- value
    net_revenue_reporting,
    lifetime_revenue_reporting,
    mrr,
    simple_clv,
    predicted_clv_12m,

    -- experience
    nps_score,
    nps_category,
    csat_score,
    ces_effort,
    risk_level,
    churn_probability,
    health_score,
    open_ticket_count,
    open_alert_count
from customer_day

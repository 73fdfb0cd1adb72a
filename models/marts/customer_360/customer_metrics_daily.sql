-- One row per customer and day on which something happened to it, and of every measured customer on
-- the last day of each month; where var metrics_daily is all, of every day. A run writes the rows
-- of its as-of date and no other's; a full refresh takes none out.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='customer_day_id',
    meta={'entity': 'metric_date', 'entity_is_day': true},
    full_refresh=false,
    on_schema_change='append_new_columns',
    transient=false,
) }}
{% set is_month_end = as_of_date() ~ ' = ' ~ dbt.last_day(as_of_date(), 'month') %}

with

customer_day as (
    select * from {{ ref('int_customer_day') }}
    {% if var('metrics_daily') == 'events' %}
        where is_active_day or {{ is_month_end }}
    {% endif %}
)

select
    -- ids
    {{ dbt.hash(
        "customer_id || '|' || cast(metric_date as " ~ dbt.type_string() ~ ")"
    ) }} as customer_day_id,
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

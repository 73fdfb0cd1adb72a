-- One row per evaluated day and alert rule, and one more for each customer who met the rule on it
-- (customer_id). A day that is evaluated again is replaced; a full refresh takes none out. What a
-- day says depends on no other day, so that they may come in any order.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='alert_day_id',
    meta={'entity': 'alert_date', 'entity_is_day': true},
    full_refresh=false,
    on_schema_change='append_new_columns',
    transient=false,
) }}

with

alert_rules as (
    select
        *,
        metric || ' ' || operator || ' ' || {{ number_as_text('threshold') }}
        || case
            when window_days is null then ''
            else ' in ' || cast(window_days as {{ dbt.type_string() }}) || ' days'
        end as alert_rule
    from {{ ref('alert_rules') }}
),

risks as (
    select * from {{ ref('int_experience__risk') }}
),

churn as (
    select * from {{ ref('int_value__churn') }}
),

purchases as (
    select * from {{ ref('int_value__purchase_summary') }}
),

transactions as (
    select * from {{ ref('int_value__billing_transactions') }}
),

usage_changes as (
    select * from {{ ref('int_experience__usage_change') }}
),

service as (
    select * from {{ ref('int_experience__service_counts') }}
),

recurring as (
    select * from {{ ref('int_value__recurring') }}
),

-- for how long each rule looks back
windows as (
    select window_days
    from alert_rules
    where metric = 'failed_payment_count'
    group by 1
),

metrics as (
    select
        customer_id,
        'nps_score' as metric,
        null as window_days,
        nps_score as metric_value
    from risks

    union all

    select
        customer_id,
        'csat_score' as metric,
        null as window_days,
        csat_score as metric_value
    from risks

    union all

    select
        customer_id,
        'ces_effort' as metric,
        null as window_days,
        ces_effort as metric_value
    from risks

    union all

    -- not to buy for a while is what most buyers do: by the model only who is overdue, too
    select
        churn.customer_id,
        'churn_probability' as metric,
        null as window_days,
        churn.churn_probability as metric_value
    from churn
    left join purchases on churn.customer_id = purchases.customer_id
    where churn.churn_method = 'rules'
        or (
            purchases.repeat_purchase_day_count >= 2
            and (purchases.age_days - purchases.recency_days) * purchases.repeat_purchase_day_count
            > 2 * purchases.recency_days
        )

    union all

    select
        transactions.customer_id,
        'failed_payment_count' as metric,
        windows.window_days,
        count(*) as metric_value
    from transactions
    inner join windows
        on {{ dbt.datediff('transactions.transacted_at', as_of_date(), 'day') }}
            < windows.window_days
    where transactions.transaction_type in ('payment', 'charge')
        and transactions.transaction_status = 'failed'
    group by 1, 2, 3

    union all

    select
        customer_id,
        'usage_change_pct' as metric,
        null as window_days,
        100 * usage_change as metric_value
    from usage_changes

    union all

    select
        customer_id,
        'open_ticket_count' as metric,
        null as window_days,
        open_ticket_count as metric_value
    from service

    union all

    select
        customer_id,
        'overdue_ticket_count' as metric,
        null as window_days,
        overdue_ticket_count as metric_value
    from service

    union all

    select
        customer_id,
        'days_to_renewal' as metric,
        null as window_days,
        days_to_renewal as metric_value
    from recurring

    union all

    select
        recurring.customer_id,
        'days_to_renewal_at_risk' as metric,
        null as window_days,
        recurring.days_to_renewal as metric_value
    from recurring
    inner join risks on recurring.customer_id = risks.customer_id
    where risks.risk_level in ('High', 'Critical')
),

met as (
    select
        alert_rules.*,
        metrics.customer_id,
        cast(metrics.metric_value as numeric(18, 6)) as metric_value
    from metrics
    inner join alert_rules
        on metrics.metric = alert_rules.metric
            and coalesce(metrics.window_days, 0) = coalesce(alert_rules.window_days, 0)
    where metrics.customer_id is not null
),

evaluated as (
    select
        *,
        null as customer_id,
        null as metric_value
    from alert_rules

    union all

    select * from met
    where (operator = '>=' and metric_value >= threshold)
        or (operator = '<=' and metric_value <= threshold)
)

select
    -- ids
    {{ dbt.hash(
        "cast(" ~ as_of_date() ~ " as " ~ dbt.type_string() ~ ") || '|' || alert_type || '|' "
        ~ "|| severity || '|' || coalesce(customer_id, '')"
    ) }} as alert_day_id,
    {{ as_of_date() }} as alert_date,
    customer_id,

    -- the rule
    alert_type,
    severity,
    metric,
    threshold,
    alert_rule,
    resolves_after_days,

    -- what the customer had
    metric_value
from evaluated

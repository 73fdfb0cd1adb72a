-- One row per customer: who it is and every measure taken of it. A measure that was never taken is
-- null; a count that is truly zero is zero. In order, so that one customer is found quickly.
with

customers as (
    select * from {{ ref('customers') }}
),

customer_identifiers as (
    select * from {{ ref('customer_identifiers') }}
),

purchases as (
    select * from {{ ref('int_customer_360__purchases') }}
),

lifecycles as (
    select * from {{ ref('int_customer_360__lifecycle') }}
),

customer_rfm as (
    select * from {{ ref('customer_rfm') }}
),

customer_clv as (
    select * from {{ ref('customer_clv') }}
),

customer_churn as (
    select * from {{ ref('customer_churn') }}
),

revenue as (
    select * from {{ ref('int_value__revenue') }}
),

recurring as (
    select * from {{ ref('int_value__recurring') }}
),

payments as (
    select * from {{ ref('int_value__payment_behaviour') }}
),

usage_changes as (
    select * from {{ ref('int_experience__usage_change') }}
),

answers as (
    select * from {{ ref('int_experience__risk') }}
),

service as (
    select * from {{ ref('int_experience__service_counts') }}
),

customer_health as (
    select * from {{ ref('customer_health') }}
),

customer_alerts as (
    select * from {{ ref('customer_alerts') }}
),

customer_timeline as (
    select * from {{ ref('customer_timeline') }}
),

-- an organisation has no birth date to know
profiles as (
    select
        customer_id,
        round(
            cast(
                case when full_name is not null then 1 else 0 end
                + case when email is not null then 1 else 0 end
                + case when phone is not null then 1 else 0 end
                + case when address_line_1 is not null then 1 else 0 end
                + case when party_type = 'person' and birth_date is not null then 1 else 0 end
                as double
            ) / case when party_type = 'person' then 5 else 4 end,
            6
        ) as profile_completeness
    from customers
),

identifiers as (
    select
        customer_id,
        {{ count_identifiers(['email']) }} as email_count,
        {{ count_identifiers(['phone']) }} as phone_count,
        {{ count_identifiers(['device_id', 'cookie_id']) }} as device_count
    from customer_identifiers
    where ended_at is null
    group by 1
),

alerts as (
    select
        customer_id,
        count(*) as alert_count,
        sum(case when status = 'open' then 1 else 0 end) as open_alert_count,
        sum(case when status = 'open' and severity = 'Critical' then 1 else 0 end)
            as critical_alert_count
    from customer_alerts
    group by 1
),

-- an alert is ours
last_touches as (
    select
        customer_id,
        touch_type,
        occurred_at,
        min(occurred_at) over (partition by customer_id) as first_touch_at
    from customer_timeline
    where source_name <> 'customer_360'
    qualify row_number() over (
            partition by customer_id order by occurred_at desc, timeline_id desc
        ) = 1
)

select
    -- ids
    customers.customer_id,
    customers.organisation_customer_id,

    -- profile
    customers.party_type,
    customers.is_anonymous,
    customers.first_name,
    customers.last_name,
    customers.full_name,
    customers.organisation_name,
    customers.birth_date,
    customers.gender,
    customers.email,
    customers.phone,
    customers.city,
    customers.region,
    customers.postal_code,
    customers.country_code,
    customers.account_type,
    customers.account_status,
    customers.industry,
    customers.account_owner,
    profiles.profile_completeness,
    customers.first_seen_at,
    customers.last_seen_at,

    -- identity
    customers.record_count,
    customers.source_count,
    cast(coalesce(identifiers.email_count, 0) as bigint) as email_count,
    cast(coalesce(identifiers.phone_count, 0) as bigint) as phone_count,
    cast(coalesce(identifiers.device_count, 0) as bigint) as device_count,

    -- how it stands
    lifecycles.lifecycle_stage,
    customer_health.customer_segment,
    customer_health.next_action,
    customer_health.risk_level,
    customer_health.health_score,
    customer_health.health_band,
    customer_health.health_drivers,
    customer_churn.churn_probability,
    customer_churn.churn_method,
    cast(coalesce(alerts.alert_count, 0) as bigint) as alert_count,
    cast(coalesce(alerts.open_alert_count, 0) as bigint) as open_alert_count,
    cast(coalesce(alerts.critical_alert_count, 0) as bigint) as critical_alert_count,

    -- orders
    {{ zero_if_measured('purchases.purchase_count', 'orders') }} as purchase_count,
    {{ zero_if_measured('purchases.return_count', 'orders') }} as return_count,
    purchases.net_revenue_reporting,
    purchases.average_order_value_reporting,
    purchases.first_purchase_date,
    purchases.last_purchase_date,
    purchases.mean_days_between_purchases,
    case
        when purchases.purchase_count > 0 then purchases.purchase_channel_count
        else {{ zero_if_measured('null', 'orders') }}
    end as purchase_channel_count,
    case
        when purchases.purchase_count > 0 then purchases.purchased_category_count
        else {{ zero_if_measured('null', 'orders') }}
    end as purchased_category_count,

    -- recency, frequency, monetary value
    customer_rfm.recency_days,
    customer_rfm.frequency,
    customer_rfm.monetary,
    customer_rfm.recency_score,
    customer_rfm.frequency_score,
    customer_rfm.monetary_score,
    customer_rfm.rfm_segment,
    customer_rfm.value_tier,

    -- lifetime value
    customer_clv.historic_clv,
    customer_clv.simple_clv,
    customer_clv.predicted_clv_12m,

    -- contracts, billing, usage
    recurring.mrr,
    recurring.arr,
    {{ zero_if_measured('recurring.active_subscription_count', 'subscriptions') }}
        as active_subscription_count,
    recurring.active_products,
    case when revenue.revenue_basis <> 'orders' then revenue.billed_revenue_reporting end
        as billed_revenue_reporting,
    payments.overdue_amount_reporting,
    usage_changes.usage_growth_pct,
    usage_changes.last_usage_date,

    -- last answers
    answers.nps_score,
    answers.nps_category,
    answers.nps_at,
    answers.csat_score,
    answers.csat_at,
    answers.ces_effort,
    answers.ces_at,

    -- service
    {{ zero_if_measured('service.ticket_count', 'tickets') }} as ticket_count,
    {{ zero_if_measured('service.open_ticket_count', 'tickets') }} as open_ticket_count,
    service.mean_resolution_hours,
    {{ zero_if_measured('service.survey_response_count', 'survey_responses') }}
        as survey_response_count,
    {{ zero_if_measured('service.nps_response_count', 'survey_responses') }} as nps_response_count,

    -- times
    lifecycles.last_activity_date,
    last_touches.first_touch_at,
    last_touches.occurred_at as last_touch_at,
    last_touches.touch_type as last_touch_type,
    {{ as_of_date() }} as as_of_date
from customers
inner join profiles on customers.customer_id = profiles.customer_id
inner join lifecycles on customers.customer_id = lifecycles.customer_id
left join identifiers on customers.customer_id = identifiers.customer_id
left join purchases on customers.customer_id = purchases.customer_id
left join customer_rfm on customers.customer_id = customer_rfm.customer_id
left join customer_clv on customers.customer_id = customer_clv.customer_id
left join customer_churn on customers.customer_id = customer_churn.customer_id
left join revenue on customers.customer_id = revenue.customer_id
left join recurring on customers.customer_id = recurring.customer_id
left join payments on customers.customer_id = payments.customer_id
left join usage_changes on customers.customer_id = usage_changes.customer_id
left join answers on customers.customer_id = answers.customer_id
left join service on customers.customer_id = service.customer_id
left join customer_health on customers.customer_id = customer_health.customer_id
left join alerts on customers.customer_id = alerts.customer_id
left join last_touches on customers.customer_id = last_touches.customer_id
order by 1

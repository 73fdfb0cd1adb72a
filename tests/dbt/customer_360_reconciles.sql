-- What customer_360 counts and sums is what the base marts hold of customers. (Returns the measures
-- that have another total.)
{% set measures = {
    'purchase_count': "select count(*) from " ~ ref('orders')
        ~ " where is_purchase and customer_id is not null",
    'return_count': "select count(*) from " ~ ref('orders')
        ~ " where is_return and customer_id is not null",
    'net_revenue_reporting': "select sum(net_amount_reporting) from " ~ ref('orders')
        ~ " where customer_id is not null",
    'billed_revenue_reporting': "select sum(billed_revenue_reporting) from "
        ~ ref('revenue_monthly'),
    'overdue_amount_reporting': "select sum(amount_reporting) from "
        ~ ref('billing_transactions') ~ " where is_overdue and customer_id is not null",
    'mrr': "select sum(mrr_reporting) from " ~ ref('subscriptions')
        ~ " where customer_id is not null",
    'active_subscription_count': "select count(*) from " ~ ref('subscriptions')
        ~ " where subscription_status = 'active' and customer_id is not null",
    'monetary': "select sum(monetary) from " ~ ref('customer_rfm'),
    'historic_clv': "select sum(historic_clv) from " ~ ref('customer_clv'),
    'ticket_count': "select count(*) from " ~ ref('tickets') ~ " where customer_id is not null",
    'open_ticket_count': "select count(*) from " ~ ref('tickets')
        ~ " where is_open and customer_id is not null",
    'survey_response_count': "select count(*) from " ~ ref('survey_responses')
        ~ " where is_counted and customer_id is not null",
    'nps_response_count': "select count(*) from " ~ ref('survey_responses')
        ~ " where is_counted and survey_type = 'nps' and customer_id is not null",
    'open_alert_count': "select count(*) from " ~ ref('customer_alerts')
        ~ " where status = 'open' and customer_id in (select customer_id from "
        ~ ref('customers') ~ ")",
    'critical_alert_count': "select count(*) from " ~ ref('customer_alerts')
        ~ " where status = 'open' and severity = 'Critical' and customer_id in"
        ~ " (select customer_id from " ~ ref('customers') ~ ")",
} %}
with

totals as (
    {%- for measure, expected in measures.items() %}
        select
            '{{ measure }}' as measure,
            (select sum({{ measure }}) from {{ ref('customer_360') }}) as total,
            ({{ expected }}) as expected
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from totals
where coalesce(total, 0) <> coalesce(expected, 0)

union all

select
    'customers' as measure,
    (select count(*) from {{ ref('customer_360') }}) as total,
    (select count(*) from {{ ref('customers') }}) as expected
where
    (select count(*) from {{ ref('customer_360') }})
    <> (select count(*) from {{ ref('customers') }})

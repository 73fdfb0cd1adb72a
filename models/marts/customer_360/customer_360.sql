-- One row per customer: who it is and every measure taken of it. A measure that was never taken is
-- null; a count that is truly zero is zero.
with

customers as (
    select * from {{ ref('customers') }}
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
    from {{ ref('customer_identifiers') }}
    group by 1
),

orders as (
    select
        customer_id,
        sum(case when is_purchase then 1 else 0 end) as purchase_count,
        sum(case when is_return then 1 else 0 end) as return_count,
        sum(net_amount_reporting) as net_revenue_reporting,
        min(case when is_purchase then order_date end) as first_purchase_date,
        max(case when is_purchase then order_date end) as last_purchase_date
    from {{ ref('orders') }}
    where customer_id is not null and order_date <= {{ as_of_date() }}
    group by 1
),

customer_rfm as (
    select * from {{ ref('customer_rfm') }}
),

service as (
    select * from {{ ref('int_experience__service_counts') }}
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

    -- orders
    {{ zero_if_measured('orders.purchase_count', 'orders') }} as purchase_count,
    {{ zero_if_measured('orders.return_count', 'orders') }} as return_count,
    cast(orders.net_revenue_reporting as numeric(18, 4)) as net_revenue_reporting,
    orders.first_purchase_date,
    orders.last_purchase_date,

    -- recency, frequency, monetary value
    customer_rfm.recency_days,
    customer_rfm.frequency,
    customer_rfm.monetary,
    customer_rfm.recency_score,
    customer_rfm.frequency_score,
    customer_rfm.monetary_score,
    customer_rfm.rfm_segment,
    customer_rfm.value_tier,

    -- service
    {{ zero_if_measured('service.ticket_count', 'tickets') }} as ticket_count,
    {{ zero_if_measured('service.open_ticket_count', 'tickets') }} as open_ticket_count,
    {{ zero_if_measured('service.survey_response_count', 'survey_responses') }}
        as survey_response_count,
    {{ zero_if_measured('service.nps_response_count', 'survey_responses') }} as nps_response_count,

    -- times
    {{ as_of_date() }} as as_of_date
from customers
inner join profiles using (customer_id)
left join identifiers using (customer_id)
left join orders using (customer_id)
left join customer_rfm using (customer_id)
left join service using (customer_id)

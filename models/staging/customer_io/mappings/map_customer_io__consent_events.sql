-- One row per unsubscription: from text or push messages where one of those was unsubscribed from,
-- else from email. What people.unsubscribed says is known without its time, hence no event.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

metrics as (
    select * from {{ ref('stg_customer_io__metrics') }}
),

deliveries as (
    select * from {{ ref('stg_customer_io__deliveries') }}
)

select
    {{ not_supplied('consent_events', ['policy_version']) }}
    {{ record_key('customer_io', 'metrics.source_event_id') }} as consent_event_id,
    deliveries.record_key,
    'customer_io' as source_name,
    case when deliveries.channel in ('sms', 'push') then deliveries.channel else 'email' end
        as purpose,
    false as is_granted,
    metrics.occurred_at,
    'unsubscribe' as method
from metrics
inner join deliveries
    on metrics.source_delivery_id = deliveries.source_delivery_id
where metrics.metric = 'unsubscribed'

-- One row per thing that became of a delivery. A message marked as spam is a complaint.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

metrics as (
    select * from {{ ref('stg_customer_io__metrics') }}
),

deliveries as (
    select * from {{ ref('stg_customer_io__deliveries') }}
)

select
    {{ record_key('customer_io', 'metrics.source_event_id') }} as message_event_id,
    deliveries.record_key,
    'customer_io' as source_name,
    {{ record_key('customer_io', 'deliveries.source_delivery_id') }} as message_id,
    {{ record_key('customer_io', 'deliveries.source_campaign_id') }} as campaign_id,
    deliveries.channel,
    deliveries.subject,
    case when metrics.metric = 'spammed' then 'complained' else metrics.metric end as action,
    metrics.occurred_at,
    metrics.link,
    {{ largest_of(['metrics.loaded_at', 'deliveries.loaded_at']) }} as loaded_at
from metrics
inner join deliveries
    on metrics.source_delivery_id = deliveries.source_delivery_id

-- One row per marketing engagement. The source names no message that its actions share.
{{ config(enabled=source_is_enabled('marketing')) }}

with

engagement_events as (
    select * from {{ ref('stg_marketing__engagement_events') }}
)

select
    {{ not_supplied('message_events', ['message_id', 'link']) }}
    {{ record_key('marketing', 'source_engagement_id') }} as message_event_id,
    record_key,
    'marketing' as source_name,
    {{ record_key('marketing', 'source_campaign_id') }} as campaign_id,
    channel,
    message_subject as subject,
    action,
    engaged_at as occurred_at,
    loaded_at
from engagement_events

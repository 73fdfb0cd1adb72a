-- One row per unsubscription from a marketing channel that has a purpose of consent: email, text or
-- push messages. The other channels ask for none.
{{ config(enabled=source_is_enabled('marketing')) }}

with

engagement_events as (
    select * from {{ ref('stg_marketing__engagement_events') }}
)

select
    {{ not_supplied('consent_events', ['policy_version']) }}
    {{ record_key('marketing', 'source_engagement_id') }} as consent_event_id,
    record_key,
    'marketing' as source_name,
    channel as purpose,
    false as is_granted,
    engaged_at as occurred_at,
    'unsubscribe' as method
from engagement_events
where action = 'unsubscribed' and channel in ('email', 'sms', 'push')

-- One row per consent given or withdrawn on the consent platform.
{{ config(enabled=source_is_enabled('privacy')) }}

with

consent_events as (
    select * from {{ ref('stg_privacy__consent_events') }}
)

select
    {{ record_key('privacy', 'source_event_id') }} as consent_event_id,
    record_key,
    'privacy' as source_name,
    purpose,
    is_granted,
    occurred_at,
    method,
    policy_version
from consent_events

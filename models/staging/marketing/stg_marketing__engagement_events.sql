-- One row per accepted record of marketing.engagement_events.
{{ config(enabled=source_is_enabled('marketing')) }}

with

accepted as (
    {{ accepted_rows('base_marketing__engagement_events') }}
),

normalised as (
    select
        *,
        {{ normalise_email('email') }} as normalised_email
    from accepted
)

select
    -- ids
    engagement_id as source_engagement_id,
    {{ party_record_key('marketing', 'customer_id', 'normalised_email') }} as record_key,
    customer_id as source_customer_id,
    campaign_id as source_campaign_id,

    -- contact points
    normalised_email as email,
    email as email_original,

    -- what happened
    lower(channel) as channel,
    message_subject,
    lower(action) as action,
    lower(status) as engagement_status,
    lower(device_type) as device_type,

    -- times
    engagement_date as engaged_at,
    loaded_at
from normalised

-- One row per marketing campaign.
{{ config(enabled=source_is_enabled('marketing')) }}

with

campaigns as (
    select * from {{ ref('stg_marketing__campaigns') }}
)

select
    {{ record_key('marketing', 'source_campaign_id') }} as campaign_id,
    'marketing' as source_name,
    source_campaign_id,
    campaign_name,
    channel,
    goal,
    start_date,
    end_date,
    budget,
    cost
from campaigns

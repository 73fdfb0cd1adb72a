-- One row per accepted record of marketing.campaigns.
{{ config(enabled=source_is_enabled('marketing')) }}

with

accepted as (
    {{ accepted_rows('base_marketing__campaigns') }}
)

select
    -- ids
    campaign_id as source_campaign_id,

    -- what it was
    campaign_name,
    lower(channel) as channel,
    goal,

    -- amounts, in the reporting currency
    budget,
    cost,

    -- times
    start_date,
    end_date,
    loaded_at
from accepted

-- One row per accepted record of external.sentiment.
{{ config(enabled=source_is_enabled('external')) }}

with

accepted as (
    {{ accepted_rows('base_external__sentiment') }}
)

select
    -- ids
    sentiment_id as source_sentiment_id,
    {{ party_record_key('external', 'customer_id') }} as record_key,
    customer_id as source_customer_id,

    -- what was measured
    data_source,
    lower(sentiment_type) as sentiment_type,

    -- measures
    score,
    magnitude,
    mention_count,
    positive as positive_count,
    negative as negative_count,
    neutral as neutral_count,

    -- times
    sentiment_date as measured_at,
    loaded_at
from accepted

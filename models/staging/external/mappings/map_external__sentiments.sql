-- One row per measurement of public sentiment.
{{ config(enabled=source_is_enabled('external')) }}

with

sentiment as (
    select * from {{ ref('stg_external__sentiment') }}
)

select
    {{ record_key('external', 'source_sentiment_id') }} as sentiment_id,
    record_key,
    'external' as source_name,
    data_source,
    sentiment_type,
    measured_at,
    score,
    magnitude,
    mention_count,
    positive_count,
    negative_count,
    neutral_count
from sentiment

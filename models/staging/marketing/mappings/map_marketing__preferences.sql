-- One row per stated or inferred preference.
{{ config(enabled=source_is_enabled('marketing')) }}

with

preferences as (
    select * from {{ ref('stg_marketing__preferences') }}
)

select
    {{ record_key('marketing', 'source_preference_id') }} as preference_id,
    record_key,
    'marketing' as source_name,
    preference_type,
    preference_value,
    preference_strength,
    preference_source,
    preference_status,
    stated_at
from preferences

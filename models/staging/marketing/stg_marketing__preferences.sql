-- One row per accepted record of marketing.preferences.
{{ config(enabled=source_is_enabled('marketing')) }}

with

accepted as (
    {{ accepted_rows('base_marketing__preferences') }}
)

select
    -- ids
    preference_id as source_preference_id,
    {{ party_record_key('marketing', 'customer_id') }} as record_key,
    customer_id as source_customer_id,

    -- what is preferred
    lower(preference_type) as preference_type,
    preference_value,
    preference_strength,
    lower(preference_source) as preference_source,
    lower(preference_status) as preference_status,

    -- times
    preference_date as stated_at,
    loaded_at
from accepted

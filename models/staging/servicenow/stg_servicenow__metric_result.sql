-- One row per accepted record of servicenow.metric_result.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

accepted as (
    {{ accepted_rows('base_servicenow__metric_result') }}
)

select
    -- ids
    metric_id as source_metric_id,
    {{ record_key('servicenow', 'customer_id') }} as record_key,
    customer_id as account_number,

    -- what was measured
    lower(question_businesskey) as question_key,
    duration_value as duration_minutes,
    actual_value,

    -- times
    metric_date as measured_at,
    loaded_at
from accepted

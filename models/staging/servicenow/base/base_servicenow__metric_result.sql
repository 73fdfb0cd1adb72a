-- One row per raw row of servicenow.metric_result, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('servicenow')) }}

{{ judge_raw_rows('servicenow', 'metric_result') }}

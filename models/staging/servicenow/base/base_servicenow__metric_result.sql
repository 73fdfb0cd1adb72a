-- One row per raw row of servicenow.metric_result, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('servicenow'),
) }}

{{ judge_raw_rows('servicenow', 'metric_result') }}

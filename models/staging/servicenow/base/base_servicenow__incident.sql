-- One row per raw row of servicenow.incident, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('servicenow')) }}

{{ judge_raw_rows('servicenow', 'incident') }}

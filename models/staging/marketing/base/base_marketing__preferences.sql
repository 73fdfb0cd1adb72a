-- One row per raw row of marketing.preferences, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('marketing'),
) }}

{{ judge_raw_rows('marketing', 'preferences') }}

-- One row per raw row of web.events, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('web'),
) }}

{{ judge_raw_rows('web', 'events') }}

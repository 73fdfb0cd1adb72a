-- One row per raw row of support.tickets, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('support'),
) }}

{{ judge_raw_rows('support', 'tickets') }}

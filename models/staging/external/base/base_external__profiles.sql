-- One row per raw row of external.profiles, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('external'),
) }}

{{ judge_raw_rows('external', 'profiles') }}

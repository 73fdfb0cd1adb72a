-- One row per raw row of privacy.consent_events, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('privacy'),
) }}

{{ judge_raw_rows('privacy', 'consent_events') }}

-- One row per raw row of salesforce.contact, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('salesforce'),
) }}

{{ judge_raw_rows('salesforce', 'contact') }}

-- One row per raw row of oracle_brm.usage, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('oracle_brm'),
) }}

{{ judge_raw_rows('oracle_brm', 'usage') }}

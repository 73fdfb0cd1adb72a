-- One row per raw row of oracle_brm.usage, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('oracle_brm')) }}

{{ judge_raw_rows('oracle_brm', 'usage') }}

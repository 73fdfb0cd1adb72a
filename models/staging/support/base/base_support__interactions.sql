-- One row per raw row of support.interactions, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('support')) }}

{{ judge_raw_rows('support', 'interactions') }}

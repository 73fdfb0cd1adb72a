-- One row per raw row of privacy.requests, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('privacy')) }}

{{ judge_raw_rows('privacy', 'requests') }}

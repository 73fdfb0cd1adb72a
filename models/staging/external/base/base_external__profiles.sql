-- One row per raw row of external.profiles, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('external')) }}

{{ judge_raw_rows('external', 'profiles') }}

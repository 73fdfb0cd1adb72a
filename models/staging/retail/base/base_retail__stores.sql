-- One row per raw row of retail.stores, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('retail')) }}

{{ judge_raw_rows('retail', 'stores') }}

-- One row per raw row of retail.transaction_items, typed and judged. A table: a row is judged by
-- another table, which may tell more of it later.
{{ config(materialized='table', enabled=source_is_enabled('retail')) }}

{{ judge_raw_rows('retail', 'transaction_items', lookups=['stg_retail__transactions']) }}

-- One row per raw row of customer_io.metrics, typed and judged. A table: a row is judged by
-- another table, which may tell more of it later.
{{ config(materialized='table', enabled=source_is_enabled('customer_io')) }}

{{ judge_raw_rows('customer_io', 'metrics', lookups=['stg_customer_io__deliveries']) }}

-- One row per raw row of retail.transactions, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('retail')) }}

{{ judge_raw_rows('retail', 'transactions', lookups=['exchange_rates']) }}

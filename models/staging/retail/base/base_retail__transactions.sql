-- One row per raw row of retail.transactions, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('retail'),
) }}

{{ judge_raw_rows('retail', 'transactions', lookups=['exchange_rates']) }}

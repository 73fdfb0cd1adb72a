-- One row per raw row of retail.transaction_items, typed and judged. What was rejected is
-- judged again by every run, since what it waits for may have come.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='row_version_id',
    tmp_relation_type='table',
    meta={'entity': 'row_key'},
    enabled=source_is_enabled('retail'),
) }}

{{ judge_raw_rows('retail', 'transaction_items', lookups=['stg_retail__transactions']) }}

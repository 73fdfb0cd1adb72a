-- One row per raw row of customer_io.metrics, typed and judged. What was rejected is
-- judged again by every run, since what it waits for may have come.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='row_version_id',
    tmp_relation_type='table',
    meta={'entity': 'row_key'},
    enabled=source_is_enabled('customer_io'),
) }}

{{ judge_raw_rows('customer_io', 'metrics', lookups=['stg_customer_io__deliveries']) }}

-- One row per raw row of customer_io.deliveries, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('customer_io'),
) }}

{{ judge_raw_rows('customer_io', 'deliveries') }}

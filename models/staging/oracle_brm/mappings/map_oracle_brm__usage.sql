-- One row per metered usage record.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

metered_usage as (
    select * from {{ ref('stg_oracle_brm__usage') }}
)

select
    {{ record_key('oracle_brm', 'source_usage_id') }} as usage_id,
    record_key,
    'oracle_brm' as source_name,
    product_sku,
    usage_date,
    quantity,
    unit
from metered_usage

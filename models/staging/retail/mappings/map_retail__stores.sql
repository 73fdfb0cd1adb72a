-- One row per shop.
{{ config(enabled=source_is_enabled('retail')) }}

with

stores as (
    select * from {{ ref('stg_retail__stores') }}
)

select
    {{ record_key('retail', 'source_store_id') }} as store_id,
    'retail' as source_name,
    source_store_id,
    store_name,
    city,
    state,
    sales_region
from stores

-- One row per accepted record of retail.stores.
{{ config(enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__stores') }}
)

select
    store_id as source_store_id,
    store_name,
    city,
    state,
    region as sales_region,
    loaded_at
from accepted

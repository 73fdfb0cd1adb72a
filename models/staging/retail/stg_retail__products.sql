-- One row per accepted record of retail.products.
{{ config(enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__products') }}
)

select
    product_id as source_product_id,
    product_name,
    category,
    subcategory,
    brand,
    sku,
    list_price,
    unit_cost,
    is_active,
    loaded_at
from accepted

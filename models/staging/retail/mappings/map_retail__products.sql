-- One row per retail product.
{{ config(enabled=source_is_enabled('retail')) }}

with

products as (
    select * from {{ ref('stg_retail__products') }}
)

select
    {{ record_key('retail', 'source_product_id') }} as product_id,
    'retail' as source_name,
    source_product_id,
    product_name,
    category,
    subcategory,
    brand,
    sku,
    list_price,
    unit_cost,
    is_active
from products

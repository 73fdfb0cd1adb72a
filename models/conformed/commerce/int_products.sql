-- One row per product.
{{ union_sources('products') }}

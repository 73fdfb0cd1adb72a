-- One row per shop.
{{ union_sources('stores') }}

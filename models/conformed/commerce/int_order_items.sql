-- One row per line of an order.
{{ union_sources('order_items') }}

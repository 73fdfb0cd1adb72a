-- One row per accepted record of customer_io.metrics. Whose it is, its delivery says.
{{ config(enabled=source_is_enabled('customer_io')) }}

with

accepted as (
    {{ accepted_rows('base_customer_io__metrics') }}
)

select
    -- ids
    event_id as source_event_id,
    delivery_id as source_delivery_id,

    -- what happened
    metric,
    link,

    -- times
    created_at as occurred_at,
    loaded_at
from accepted

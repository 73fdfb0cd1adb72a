-- One row per customer that changed since the marts took customers over, ids that are no more among
-- them. A queue: the night makes the marts behind a gate, and of micro-batches not at all, so the last
-- mart that follows it (customers) empties it.
{{ config(
    materialized='incremental',
    incremental_strategy='merge_changes',
    unique_key='customer_id',
) }}

with

changed_customers as (
    select * from {{ ref('int_identity__changed_customers') }}
),

anchors as (
    select * from {{ ref('int_identity__anchors') }}
)

{% if is_incremental() %}
    select customer_id
    from changed_customers
{% else %}
    select {{ customer_id_of('record_key') }} as customer_id
    from anchors
    group by 1
{% endif %}

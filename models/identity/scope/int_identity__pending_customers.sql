-- One row per customer that changed since the marts took customers over, with ids that are no more.
-- A queue: the night makes the marts behind a gate, and of micro-batches not at all, so the last
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
),

-- where it is not known what the marts took over: every id that was ever given out
all_customers as (
    select {{ customer_id_of('record_key') }} as customer_id
    from anchors
    {{ 'where 1 = 0' if is_incremental() }}
)

select customer_id
from changed_customers
union
select customer_id
from all_customers

-- One row per decision of the seed identity_overrides that holds: of several on one pair of records
-- the latest.
{{ config(materialized='view') }}

with

decisions as (
    select
        *,
        least(left_record_key, coalesce(right_record_key, left_record_key)) as first_record_key,
        greatest(left_record_key, coalesce(right_record_key, left_record_key)) as second_record_key
    from {{ ref('identity_overrides') }}
)

select
    left_record_key,
    right_record_key,
    decision
from decisions
qualify row_number() over (
        partition by first_record_key, second_record_key
        order by decided_at desc nulls last, decision desc
    ) = 1

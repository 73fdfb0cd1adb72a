-- One row per raw table of an enabled source, as of the last run.
with

row_counts as (
    select * from {{ ref('int_data_quality__row_counts') }}
)

select
    -- ids
    source_name,
    table_name,

    -- measures
    cast(received_count as bigint) as received_count,
    cast(accepted_count as bigint) as accepted_count,
    cast(rejected_count as bigint) as rejected_count,
    cast(duplicate_count as bigint) as duplicate_count,
    cast(repaired_count as bigint) as repaired_count,
    cast(round(100.0 * rejected_count / nullif(received_count, 0), 4) as numeric(7, 4))
        as rejected_pct,

    -- times
    last_loaded_at,
    {{ as_of_date() }} as as_of_date
from row_counts

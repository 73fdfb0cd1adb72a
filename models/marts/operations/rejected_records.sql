-- One row per raw row that was rejected, with the reason and the row as it was received.
with

rejected_rows as (
    select * from {{ ref('int_data_quality__rejected_rows') }}
)

select
    -- ids
    {{ raw_row_id() }} as rejected_record_id,
    source_name,
    table_name,
    row_key,

    -- the rejection
    reason_code,
    raw_row,
    loaded_at as rejected_at
from rejected_rows

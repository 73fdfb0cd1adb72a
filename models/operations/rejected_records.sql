-- One row per raw row that was rejected, with the reason and the row as it was received.
with

rejected_rows as (
    {{ union_judged_rows(
        columns=['row_key', 'reason_code', 'raw_row', 'loaded_at'],
        condition="judgement = 'rejected'"
    ) }}
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

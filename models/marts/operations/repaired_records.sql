-- One row per accepted raw row in which a value was invalid: that value became null.
with

repaired_rows as (
    select * from {{ ref('int_data_quality__repaired_rows') }}
)

select
    -- ids
    {{ raw_row_id() }} as repaired_record_id,
    source_name,
    table_name,
    row_key,

    -- the repair
    repaired_columns,
    raw_row,
    loaded_at as repaired_at
from repaired_rows

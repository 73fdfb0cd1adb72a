-- One row per accepted raw row in which a value was invalid: that value became null.
with

repaired_rows as (
    {{ union_judged_rows(
        columns=['row_key', 'repaired_columns', 'raw_row', 'loaded_at'],
        condition="judgement = 'accepted' and repaired_columns is not null"
    ) }}
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

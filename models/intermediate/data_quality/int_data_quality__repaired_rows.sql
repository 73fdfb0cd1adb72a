-- One row per raw row, of any table, that was kept with an invalid value made null.
{{ config(materialized='view') }}

{{ union_judged_rows(
    columns=['row_key', 'judgement', 'repaired_columns', 'raw_row', 'loaded_at'],
    condition='repaired_columns is not null'
) }}

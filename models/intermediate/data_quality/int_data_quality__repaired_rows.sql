-- One row per accepted raw row, of any table, in which an invalid value was made null.
{{ config(materialized='view') }}

{{ union_judged_rows(
    columns=['row_key', 'repaired_columns', 'raw_row', 'loaded_at'],
    condition="judgement = 'accepted' and repaired_columns is not null"
) }}

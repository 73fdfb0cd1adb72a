-- One row per rejected raw row of any table.
{{ config(materialized='view') }}

{{ union_judged_rows(
    columns=['row_key', 'reason_code', 'raw_row', 'loaded_at'],
    condition="judgement = 'rejected'"
) }}

-- One row per raw row of any table that has a key, with what became of it: which keys were loaded
-- again since some time.
{{ config(materialized='view') }}

{{ union_judged_rows(columns=['row_key', 'judgement', 'loaded_at'], condition='row_key is not null') }}

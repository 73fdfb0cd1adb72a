-- One row per raw row of any table that has a key, with when it was judged: which keys may have
-- another judgement than some time ago.
{{ config(materialized='view') }}

{{ union_judged_rows(columns=['row_key', 'changed_at'], condition='row_key is not null') }}

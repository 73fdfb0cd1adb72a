-- One row per record that its source has: a hash of all that it says of the record.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='record_key',
    meta={'entity': 'record_key', 'entities': 'int_identity__changed_records'},
) }}

select
    record_key,
    fingerprint
from {{ ref('int_identity__changed_records') }}
where fingerprint is not null

-- One row per raw row that was rejected, with the reason and the row as it was received.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='rejected_record_id',
    meta={
        'entity': ['source_name', 'table_name', 'row_key'],
        'changes': 'int_data_quality__judged_rows',
        'group': ['source_name', 'table_name'],
        'loaded_at': 'rejected_at',
    },
) }}
-- depends_on: {{ ref('int_data_quality__judged_rows') }}

with

rejected_rows as (
    select * from {{ ref('int_data_quality__rejected_rows') }}
    {%- if is_incremental() %}
    where row_key is null or (source_name, table_name, row_key) in (
        {{ changed_entities() }}
    )
    {%- endif %}
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

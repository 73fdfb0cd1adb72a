-- One row per accepted raw row in which a value was invalid: that value became null.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='repaired_record_id',
    meta={
        'entity': ['source_name', 'table_name', 'row_key'],
        'changes': 'int_data_quality__judged_rows',
        'group': ['source_name', 'table_name'],
        'loaded_at': 'repaired_at',
    },
) }}
-- depends_on: {{ ref('int_data_quality__judged_rows') }}

with

repaired_rows as (
    select * from {{ ref('int_data_quality__repaired_rows') }}
    {%- if is_incremental() %}
    where row_key is null or (source_name, table_name, row_key) in (
        {{ changed_entities() }}
    )
    {%- endif %}
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

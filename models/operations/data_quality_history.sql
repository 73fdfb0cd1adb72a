-- One row per raw table and day: what had been received, and what had become of it. Of a day its
-- last run counts. A full refresh takes no day out, and a run as of an earlier day, which sees what
-- has come since, changes none.
{{ config(
    materialized='incremental',
    unique_key='table_day_id',
    full_refresh=false,
    on_schema_change='append_new_columns',
    transient=false,
) }}

with

metrics as (
    select * from {{ ref('data_quality_metrics') }}
)

select
    -- ids
    {{ dbt.hash(
        "source_name || '.' || table_name || '|' || cast(as_of_date as " ~ dbt.type_string() ~ ")"
    ) }} as table_day_id,
    source_name,
    table_name,
    as_of_date,

    -- measures
    received_count,
    accepted_count,
    rejected_count,
    duplicate_count,
    repaired_count,
    cast(
        round(100.0 * accepted_count / nullif(received_count - duplicate_count, 0), 4)
        as numeric(7, 4)
    ) as quality_score
from metrics
{% if is_incremental() %}
    where
        as_of_date >= (
            select coalesce(max(history.as_of_date), cast('1900-01-01' as date))
            from {{ this }} as history
        )
{% endif %}

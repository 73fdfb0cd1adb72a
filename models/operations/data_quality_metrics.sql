-- One row per raw table of an enabled source, as of the last run.
with

received as (
    select * from {{ ref('stg_raw_row_counts') }}
),

judged_rows as (
    {{ union_judged_rows(columns=['judgement', 'repaired_columns', 'loaded_at']) }}
),

judged as (
    select
        source_name,
        table_name,
        sum(case when judgement = 'accepted' then 1 else 0 end) as accepted_count,
        sum(case when judgement = 'rejected' then 1 else 0 end) as rejected_count,
        sum(case when judgement = 'duplicate' then 1 else 0 end) as duplicate_count,
        sum(case when judgement = 'accepted' and repaired_columns is not null then 1 else 0 end)
            as repaired_count,
        max(loaded_at) as last_loaded_at
    from judged_rows
    group by 1, 2
)

select
    -- ids
    received.source_name,
    received.table_name,

    -- measures
    cast(received.row_count as bigint) as received_count,
    cast(coalesce(judged.accepted_count, 0) as bigint) as accepted_count,
    cast(coalesce(judged.rejected_count, 0) as bigint) as rejected_count,
    cast(coalesce(judged.duplicate_count, 0) as bigint) as duplicate_count,
    cast(coalesce(judged.repaired_count, 0) as bigint) as repaired_count,
    cast(
        round(100.0 * coalesce(judged.rejected_count, 0) / nullif(received.row_count, 0), 4)
        as numeric(7, 4)
    ) as rejected_pct,

    -- times
    judged.last_loaded_at,
    {{ as_of_date() }} as as_of_date
from received
left join judged using (source_name, table_name)

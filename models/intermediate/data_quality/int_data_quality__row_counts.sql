-- One row per raw table: what was received, and what became of it.
with

raw_row_counts as (
    select * from {{ ref('stg_raw_row_counts') }}
),

judged_rows as (
    {{ union_judged_rows(columns=['judgement', 'repaired_columns', 'loaded_at']) }}
),

judgements as (
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
    raw_row_counts.source_name,
    raw_row_counts.table_name,
    raw_row_counts.row_count as received_count,
    coalesce(judgements.accepted_count, 0) as accepted_count,
    coalesce(judgements.rejected_count, 0) as rejected_count,
    coalesce(judgements.duplicate_count, 0) as duplicate_count,
    coalesce(judgements.repaired_count, 0) as repaired_count,
    judgements.last_loaded_at
from raw_row_counts
left join judgements using (source_name, table_name)

-- Each raw row has one id in its base model, by which increments merge. Gives those that share one.
with

judged_rows as (
    {{ union_judged_rows(columns=['row_version_id']) }}
)

select
    source_name,
    table_name,
    row_version_id,
    count(*) as row_count
from judged_rows
group by 1, 2, 3
having count(*) > 1

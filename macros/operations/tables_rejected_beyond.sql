{#
    The raw tables of whose rows a share of at least so much was rejected, with why: the commonest
    reason. Copies and older versions of rows are left out.

    share: 0 to 1.
#}
{% macro tables_rejected_beyond(share) -%}
with

metrics as (
    select * from {{ ref('data_quality_metrics') }}
),

reasons as (
    select
        source_name,
        table_name,
        reason_code,
        count(*) as row_count
    from {{ ref('rejected_records') }}
    group by 1, 2, 3
),

commonest as (
    select
        *,
        row_number() over (
            partition by source_name, table_name order by row_count desc, reason_code
        ) as reason_rank
    from reasons
)

select
    'Of ' || metrics.source_name || '.' || metrics.table_name || ' '
    || cast(metrics.rejected_count as {{ dbt.type_string() }}) || ' of '
    || cast(metrics.accepted_count + metrics.rejected_count as {{ dbt.type_string() }})
    || ' rows are rejected, most for ' || commonest.reason_code || ' ('
    || cast(commonest.row_count as {{ dbt.type_string() }})
    || '): see operations.rejected_records.' as message,
    metrics.source_name,
    metrics.table_name,
    metrics.accepted_count,
    metrics.rejected_count,
    commonest.reason_code,
    commonest.row_count
from metrics
inner join commonest using (source_name, table_name)
where
    commonest.reason_rank = 1
    and metrics.rejected_count >= {{ share }} * (metrics.accepted_count + metrics.rejected_count)
{%- endmacro %}

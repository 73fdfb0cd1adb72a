-- opening + new + expansion - contraction - churned + reactivated + fx = closing, each opening is
-- the closing of the month before, no month is left out, and no more than one of new, reactivated
-- and churned happens.
with

months as (
    select
        *,
        lag(closing_mrr, 1, 0) over (partition by customer_id order by month_start_date)
            as former_closing_mrr,
        lag(month_start_date) over (partition by customer_id order by month_start_date)
            as former_month_start_date
    from {{ ref('mrr_monthly') }}
)

select *
from months
where opening_mrr + new_mrr + expansion_mrr - contraction_mrr - churned_mrr + reactivated_mrr
    + fx_mrr <> closing_mrr
    or opening_mrr <> former_closing_mrr
    or month_start_date
    <> cast({{ dbt.dateadd('month', 1, 'former_month_start_date') }} as date)
    or case when new_mrr > 0 then 1 else 0 end
    + case when reactivated_mrr > 0 then 1 else 0 end
    + case when churned_mrr > 0 then 1 else 0 end > 1

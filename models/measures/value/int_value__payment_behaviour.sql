-- One row per customer that was ever billed: what is overdue, and of what was due within the last
-- 365 days how much was paid on time.
with

billing_transactions as (
    select * from {{ ref('int_value__billing_transactions') }}
    where customer_id is not null
),

-- what is neither paid nor overdue can still be either, of a charge without a day of payment nobody
-- knows, and an invoice of nothing cannot be late
due as (
    select * from billing_transactions
    where days_late is not null
        and amount_reporting > 0
        and {{ within_window('due_date', 365) }}
),

paid as (
    select
        customer_id,
        sum(amount_reporting) as due_amount_reporting,
        sum(case when days_late = 0 then amount_reporting else 0 end)
            as on_time_amount_reporting,
        {{ median('days_late') }} as median_days_late
    from due
    group by 1
),

owed as (
    select
        customer_id,
        sum(case when is_overdue then amount_reporting else 0 end) as overdue_amount_reporting
    from billing_transactions
    group by 1
)

select
    owed.customer_id,
    cast(owed.overdue_amount_reporting as numeric(28, 4)) as overdue_amount_reporting,
    round(
        cast(paid.on_time_amount_reporting as double) / cast(paid.due_amount_reporting as double), 6
    ) as on_time_share,
    paid.median_days_late
from owed
left join paid on owed.customer_id = paid.customer_id

-- One row per customer that owed something within the last 365 days: what was paid, and on time.
with

billing_transactions as (
    select * from {{ ref('int_value__billing_transactions') }}
    where customer_id is not null
),

-- what is neither paid nor overdue can still be either
owed as (
    select
        *,
        is_paid and days_late = 0 as is_on_time
    from billing_transactions
    where due_date is not null
        and (is_paid or is_overdue)
        and {{ within_window('due_date', 365) }}
),

-- an invoice of nothing cannot be late
amounts as (
    select
        customer_id,
        sum(amount_reporting) as due_amount_reporting,
        sum(case when is_on_time then amount_reporting else 0 end) as on_time_amount_reporting,
        {{ median('days_late') }} as median_days_late
    from owed
    where amount_reporting > 0
    group by 1
)

select
    customer_id,
    cast(due_amount_reporting as numeric(18, 4)) as due_amount_reporting,
    round(cast(on_time_amount_reporting as double) / cast(due_amount_reporting as double), 6)
        as on_time_share,
    median_days_late
from amounts

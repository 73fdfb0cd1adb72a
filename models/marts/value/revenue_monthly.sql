-- One row per customer and month from the first with revenue to that of the as-of date, none left
-- out.
with

revenue_lines as (
    select * from {{ ref('int_value__revenue_lines') }}
),

customers as (
    select * from {{ ref('int_value__revenue') }}
),

months as (
    select * from {{ ref('int_value__months') }}
),

by_month as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'revenue_date') }} as date) as month_start_date,
        sum(case when revenue_type = 'purchase' then 1 else 0 end) as purchase_count,
        sum(case when revenue_type = 'return' then 1 else 0 end) as return_count,
        sum(case when revenue_type = 'purchase' then amount_reporting end)
            as purchase_revenue_reporting,
        sum(case when revenue_type = 'return' then amount_reporting end)
            as return_amount_reporting,
        sum(case when revenue_type = 'other' then amount_reporting end) as other_amount_reporting,
        sum(case when revenue_source = 'orders' then amount_reporting end) as net_revenue_reporting,
        sum(case when revenue_source = 'billing' then amount_reporting end)
            as billed_revenue_reporting
    from revenue_lines
    group by 1, 2
),

gap_free as (
    select
        customers.customer_id,
        customers.revenue_basis,
        months.month_start_date,
        months.is_whole_month,
        coalesce(by_month.purchase_count, 0) as purchase_count,
        coalesce(by_month.return_count, 0) as return_count,
        coalesce(by_month.purchase_revenue_reporting, 0) as purchase_revenue_reporting,
        coalesce(by_month.return_amount_reporting, 0) as return_amount_reporting,
        coalesce(by_month.other_amount_reporting, 0) as other_amount_reporting,
        coalesce(by_month.net_revenue_reporting, 0) as net_revenue_reporting,
        coalesce(by_month.billed_revenue_reporting, 0) as billed_revenue_reporting
    from customers
    inner join months
        on months.month_start_date >= {{ dbt.date_trunc('month', 'customers.first_revenue_date') }}
    left join by_month
        on customers.customer_id = by_month.customer_id
            and months.month_start_date = by_month.month_start_date
)

select
    -- ids
    customer_id,
    month_start_date,

    -- orders
    cast(purchase_count as bigint) as purchase_count,
    cast(purchase_revenue_reporting as numeric(28, 4)) as purchase_revenue_reporting,
    cast(return_count as bigint) as return_count,
    cast(return_amount_reporting as numeric(28, 4)) as return_amount_reporting,
    cast(other_amount_reporting as numeric(28, 4)) as other_amount_reporting,
    cast(net_revenue_reporting as numeric(28, 4)) as net_revenue_reporting,

    -- billing, and both
    cast(billed_revenue_reporting as numeric(28, 4)) as billed_revenue_reporting,
    {{ revenue_of_basis("revenue_basis <> 'orders'") }} as revenue_reporting,

    is_whole_month
from gap_free

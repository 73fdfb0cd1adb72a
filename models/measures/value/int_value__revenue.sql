-- One row per customer with revenue up to the as-of date: of what kind it is, and how much in all.
with

revenue_lines as (
    select * from {{ ref('int_value__revenue_lines') }}
),

summed as (
    select
        customer_id,
        min(revenue_date) as first_revenue_date,
        max(case when revenue_source = 'orders' then 1 else 0 end) = 1 as has_orders,
        max(case when revenue_source = 'billing' then 1 else 0 end) = 1 as has_billing,
        sum(case when revenue_source = 'orders' then amount_reporting else 0 end)
            as net_revenue_reporting,
        sum(case when revenue_source = 'billing' then amount_reporting else 0 end)
            as billed_revenue_reporting
    from revenue_lines
    group by 1
)

select
    customer_id,
    case
        when has_orders and has_billing then 'both' when has_orders then 'orders' else 'billing'
    end
        as revenue_basis,
    first_revenue_date,
    cast(net_revenue_reporting as numeric(28, 4)) as net_revenue_reporting,
    cast(billed_revenue_reporting as numeric(28, 4)) as billed_revenue_reporting,
    {{ revenue_of_basis('has_billing') }} as revenue_reporting
from summed

-- The months' net revenue is that of the orders that have a customer, their billed revenue that of
-- the billing transactions by the seed, and no month of a customer is left out.
with

months as (
    select * from {{ ref('revenue_monthly') }}
),

orders as (
    select * from {{ ref('orders') }}
    where customer_id is not null and order_date <= {{ as_of_date() }}
),

billing_transactions as (
    select
        transactions.amount_reporting,
        types.direction
    from {{ ref('billing_transactions') }} as transactions
    inner join {{ ref('billing_revenue_types') }} as types
        on transactions.transaction_type = types.transaction_type
    where transactions.customer_id is not null
        and types.is_revenue
        and transactions.transaction_status in ('completed', 'posted')
),

totals as (
    select
        'orders' as what,
        (select coalesce(sum(net_revenue_reporting), 0) from months) as of_months,
        (select coalesce(sum(net_amount_reporting), 0) from orders) as of_facts

    union all

    select
        'billing' as what,
        (select coalesce(sum(billed_revenue_reporting), 0) from months) as of_months,
        (select coalesce(sum(direction * amount_reporting), 0) from billing_transactions)
            as of_facts
),

lives as (
    select
        customer_id as what,
        count(*) as of_months,
        {{ dbt.datediff('min(month_start_date)', 'max(month_start_date)', 'month') }} + 1
            as of_facts
    from months
    group by 1
)

select * from totals
where of_months <> of_facts

union all

select * from lives
where of_months <> of_facts

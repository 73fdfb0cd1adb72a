-- One row per order or billing transaction that is revenue of a customer: completed orders of any
-- type, and completed or posted billing transactions of the types of the seed
-- billing_revenue_types.
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
),

billing_transactions as (
    select * from {{ ref('int_customer_facts__billing_transactions') }}
),

billing_revenue_types as (
    select * from {{ ref('billing_revenue_types') }}
)

select
    order_id as revenue_line_id,
    customer_id,
    'orders' as revenue_source,
    case when is_purchase then 'purchase' when is_return then 'return' else 'other' end
        as revenue_type,
    order_date as revenue_date,
    net_amount_reporting as amount_reporting
from orders
where customer_id is not null and order_status = 'completed'

union all

select
    billing_transactions.billing_transaction_id as revenue_line_id,
    billing_transactions.customer_id,
    'billing' as revenue_source,
    billing_transactions.transaction_type as revenue_type,
    cast(billing_transactions.transacted_at as date) as revenue_date,
    cast(billing_revenue_types.direction * billing_transactions.amount_reporting as numeric(28, 4))
        as amount_reporting
from billing_transactions
inner join billing_revenue_types
    on billing_transactions.transaction_type = billing_revenue_types.transaction_type
where billing_transactions.customer_id is not null
    and billing_revenue_types.is_revenue
    and billing_transactions.transaction_status in ('completed', 'posted')

-- One row per billing transaction up to the as-of date. Only invoices and charges can be paid or
-- owed, and not those that failed or were reversed.
with

billing_transactions as (
    select
        *,
        transaction_type in ('invoice', 'charge') as can_be_owed,
        transaction_status not in ('failed', 'reversed') as is_valid
    from {{ ref('int_customer_facts__billing_transactions') }}
),

settled as (
    select
        *,
        case
            when can_be_owed
                then is_valid and coalesce(
                        paid_date <= {{ as_of_date() }},
                        transaction_type = 'charge' and transaction_status = 'completed'
                    )
        end as is_paid
    from billing_transactions
),

judged as (
    select
        *,
        case
            when can_be_owed
                then is_valid and not is_paid and coalesce(due_date < {{ as_of_date() }}, false)
        end as is_overdue
    from settled
)

select
    -- ids
    billing_transaction_id,
    customer_id,
    record_key,
    source_name,

    -- what it is
    transaction_type,
    transaction_status,
    transacted_at,
    due_date,
    paid_date,

    -- whether it is settled
    is_paid,
    is_overdue,
    cast(
        case
            when is_paid and paid_date > due_date
                then {{ dbt.datediff('due_date', 'paid_date', 'day') }}
            when is_paid and paid_date <= due_date then 0
            when is_overdue then {{ dbt.datediff('due_date', as_of_date(), 'day') }}
        end as bigint
    ) as days_late,

    -- amounts
    currency,
    amount,
    amount_reporting
from judged

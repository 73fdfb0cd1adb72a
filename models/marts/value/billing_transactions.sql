-- One row per billing transaction up to the as-of date. Only invoices and charges can be paid or
-- owed, and not those that failed or were reversed.
with

billing_transactions as (
    select * from {{ ref('int_value__billing_transactions') }}
)

select
    *,
    {{ as_of_date() }} as as_of_date
from billing_transactions

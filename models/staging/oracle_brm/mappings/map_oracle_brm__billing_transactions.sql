-- One row per billing transaction.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

billing_transactions as (
    select * from {{ ref('stg_oracle_brm__billing_transaction') }}
)

select
    {{ record_key('oracle_brm', 'source_transaction_id') }} as billing_transaction_id,
    record_key,
    'oracle_brm' as source_name,
    transaction_type,
    transaction_status,
    transacted_at,
    due_date,
    paid_date,
    currency,
    amount
from billing_transactions

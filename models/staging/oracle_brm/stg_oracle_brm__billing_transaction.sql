-- One row per accepted record of oracle_brm.billing_transaction.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

accepted as (
    {{ accepted_rows('base_oracle_brm__billing_transaction') }}
)

select
    -- ids
    transaction_id as source_transaction_id,
    {{ record_key('oracle_brm', 'customer_id') }} as record_key,
    customer_id as account_number,

    -- what it was
    lower(transaction_type) as transaction_type,
    lower(status) as transaction_status,

    -- amounts, in the currency
    {{ normalise_currency('currency') }} as currency,
    amount,

    -- times
    transaction_date as transacted_at,
    due_date,
    paid_date,
    loaded_at
from accepted

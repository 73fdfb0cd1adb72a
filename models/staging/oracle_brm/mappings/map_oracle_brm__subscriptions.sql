-- One row per subscription.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

subscriptions as (
    select * from {{ ref('stg_oracle_brm__subscription') }}
)

select
    {{ record_key('oracle_brm', 'source_subscription_id') }} as subscription_id,
    record_key,
    'oracle_brm' as source_name,
    product_name,
    product_sku,
    subscription_status,
    start_date,
    end_date,
    renewal_date,
    billing_cycle,
    currency,
    mrr
from subscriptions

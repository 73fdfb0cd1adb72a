-- One row per subscription and day, up to the as-of date, on which its status, currency or MRR
-- became another. Its first version is no change.
with

versions as (
    select
        *,
        coalesce(subscription_status, '') || '|' || coalesce(currency, '') || '|'
        || coalesce(cast(mrr as {{ dbt.type_string() }}), '') as statement
    from {{ ref('int_customer_facts__subscription_versions') }}
),

compared as (
    select
        *,
        lag(statement) over (partition by subscription_id order by changed_on) as former_statement,
        lag(subscription_status) over (partition by subscription_id order by changed_on)
            as former_status,
        lag(currency) over (partition by subscription_id order by changed_on) as former_currency,
        lag(mrr) over (partition by subscription_id order by changed_on) as former_mrr
    from versions
)

select
    -- ids
    subscription_id,
    customer_id,
    changed_on,

    -- what it became, and was
    subscription_status,
    currency,
    mrr,
    former_status,
    former_currency,
    former_mrr
from compared
where statement <> former_statement

-- What a customer's subscriptions have as of the as-of date is the closing of the as-of month; one
-- that is active and has begun has it. (Where months have rates of their own, they differ by
-- these.)
{{ config(enabled=var('mrr_rate') == 'start') }}
with

subscriptions as (
    select * from {{ ref('subscriptions') }}
),

of_subscriptions as (
    select
        customer_id,
        sum(mrr_reporting) as mrr
    from subscriptions
    where customer_id is not null
    group by 1
),

of_months as (
    select
        customer_id,
        closing_mrr as mrr
    from {{ ref('mrr_monthly') }}
    where month_start_date = cast({{ dbt.date_trunc('month', as_of_date()) }} as date)
),

versions as (
    select
        subscription_id,
        mrr as stated_mrr
    from {{ ref('int_customer_facts__subscription_versions') }}
    qualify row_number() over (partition by subscription_id order by changed_on desc) = 1
)

select coalesce(of_subscriptions.customer_id, of_months.customer_id) as what
from of_subscriptions
full outer join of_months on of_subscriptions.customer_id = of_months.customer_id
where coalesce(of_subscriptions.mrr, 0) <> coalesce(of_months.mrr, 0)

union all

select subscriptions.subscription_id as what
from subscriptions
inner join versions on subscriptions.subscription_id = versions.subscription_id
where subscriptions.subscription_status = 'active' and subscriptions.mrr <> versions.stated_mrr

-- One row per customer with a subscription that began, or was known to begin, up to the as-of date:
-- what it pays now, and since when it pays nothing any more.
with

subscriptions as (
    select
        *,
        subscription_status = 'active' as is_active
    from {{ ref('int_value__subscriptions') }}
    where customer_id is not null
),

periods as (
    select * from {{ ref('int_value__subscription_periods') }}
    where customer_id is not null and valid_from <= {{ as_of_date() }}
),

summed as (
    select
        customer_id,
        sum(mrr_reporting) as mrr,
        sum(arr_reporting) as arr,
        sum(case when is_active then 1 else 0 end) as active_subscription_count,
        {{ list_of('case when is_active then product_name end') }} as active_products,
        min(case when is_active then days_to_renewal end) as days_to_renewal
    from subscriptions
    group by 1
),

paid as (
    select
        customer_id,
        max(valid_to) as paid_until
    from periods
    group by 1
)

select
    summed.customer_id,
    cast(summed.mrr as numeric(28, 4)) as mrr,
    cast(summed.arr as numeric(28, 4)) as arr,
    cast(summed.active_subscription_count as bigint) as active_subscription_count,
    summed.active_products,
    summed.days_to_renewal,
    case when paid.paid_until <= {{ as_of_date() }} then paid.paid_until end as mrr_ended_on
from summed
left join paid on summed.customer_id = paid.customer_id

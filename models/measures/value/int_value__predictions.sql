-- One row per customer with a purchase, as soon as BG/NBD has a fit that may be used: whether they
-- are still customers, how often they will buy, and what a day of purchases will be worth.
with

fit as (
    select * from {{ ref('int_value__usable_fit') }}
    where r is not null
),

customers as (
    select * from {{ ref('int_value__purchase_summary') }}
),

expected_orders as (
    select * from {{ ref('int_value__expected_orders') }}
),

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
    where customer_id is not null and {{ within_window('order_date', 365) }}
),

-- no column says which purchase a return belongs to, so that returns enter as one share of all
returns as (
    select
        coalesce(-sum(case when is_return then net_amount_reporting end), 0) as returned,
        coalesce(sum(case when is_purchase then net_amount_reporting end), 0) as bought
    from orders
),

returned as (
    select
        coalesce(
            {{ 'null' if var('clv_return_share') is none else var('clv_return_share') }},
            case
                when bought > 0 then least(cast(returned as double) / cast(bought as double), 1)
            end,
            0
        ) as return_share
    from returns
),

alive as (
    select
        customers.*,
        fit.r,
        fit.alpha,
        fit.p,
        fit.q,
        fit.v,
        case
            when customers.repeat_purchase_day_count = 0 then 1e0
            else 1e0 / (
                    1e0 + exp(least(
                        (fit.r + customers.repeat_purchase_day_count)
                        * (
                            ln(fit.alpha + customers.age_days)
                            - ln(fit.alpha + customers.recency_days)
                        )
                        + ln(fit.a) - ln(fit.b + customers.repeat_purchase_day_count - 1),
                        700e0
                    ))
                )
        end as p_alive
    from customers
    cross join fit
)

select
    alive.customer_id,
    alive.p_alive,

    -- purchase days to come
    alive.p_alive * expected_orders.orders_3m as expected_orders_3m,
    alive.p_alive * expected_orders.orders_12m as expected_orders_12m,
    alive.p_alive * expected_orders.orders_24m as expected_orders_24m,
    alive.p_alive * expected_orders.discounted_orders_3m as discounted_orders_3m,
    alive.p_alive * expected_orders.discounted_orders_12m as discounted_orders_12m,
    alive.p_alive * expected_orders.discounted_orders_24m as discounted_orders_24m,
    1 - alive.p_alive + alive.p_alive * exp(
        (alive.r + alive.repeat_purchase_day_count)
        * (
            ln(alive.alpha + alive.age_days)
            - ln(alive.alpha + alive.age_days + {{ var('churn_horizon_days') }})
        )
    ) as no_purchase_probability,

    -- what one is worth, in the reporting currency, after returns
    (1 - returned.return_share) * alive.p
    * (alive.v + alive.repeat_value_day_count * coalesce(alive.mean_repeat_value_reporting, 0))
    / (alive.p * alive.repeat_value_day_count + alive.q - 1) as expected_order_value
from alive
inner join expected_orders
    on alive.repeat_purchase_day_count = expected_orders.x
        and alive.age_days = expected_orders.age_days
cross join returned

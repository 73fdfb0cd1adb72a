-- One row per customer that bought or was billed up to the as-of date: what it has been worth, what
-- a simple rule makes of that, and what the fitted models expect.
with

purchases as (
    select * from {{ ref('int_value__purchase_summary') }}
),

revenue as (
    select * from {{ ref('int_value__revenue') }}
),

trends as (
    select * from {{ ref('int_value__revenue_trend') }}
),

predictions as (
    select * from {{ ref('int_value__predictions') }}
),

fit as (
    select * from {{ ref('int_value__usable_fit') }}
),

tenures as (
    select
        customer_id,
        {{ dbt.datediff('first_revenue_date', as_of_date(), 'day') }} as tenure_days,
        cast(revenue_reporting as double) as revenue
    from revenue
),

annual as (
    select
        *,
        greatest(revenue / greatest(tenure_days, {{ var('clv_min_tenure_days') }}) * 365, 0)
            as annual_revenue
    from tenures
)

select
    -- ids
    revenue.customer_id,

    -- what it is worth of, and since when
    revenue.revenue_basis,
    purchases.first_purchase_date,
    purchases.last_purchase_date,
    cast(annual.tenure_days as bigint) as tenure_days,
    cast(purchases.repeat_purchase_day_count as bigint) as repeat_purchase_day_count,
    purchases.mean_repeat_value_reporting,
    purchases.is_before_data,

    -- to date, and by a simple rule
    cast(revenue.revenue_reporting * {{ var('clv_margin') }} as numeric(28, 4)) as historic_clv,
    cast(annual.annual_revenue as numeric(28, 4)) as annual_revenue_reporting,
    cast(
        annual.annual_revenue
        * {{ var('clv_lifetime_years') }}
        * {{ var('clv_margin') }} as numeric(28, 4)
    )
        as simple_clv,
    cast(round(trends.revenue_growth_pct, 6) as double) as revenue_growth_pct,
    trends.revenue_trend,

    -- by the models
    round(predictions.p_alive, 6) as p_alive,
    round(predictions.expected_orders_3m, 6) as expected_orders_3m,
    round(predictions.expected_orders_12m, 6) as expected_orders_12m,
    round(predictions.expected_orders_24m, 6) as expected_orders_24m,
    cast(predictions.expected_order_value as numeric(28, 4)) as expected_order_value,
    {%- for months in (3, 12, 24) %}
        cast(
            predictions.discounted_orders_{{ months }}m * predictions.expected_order_value
            * {{ var('clv_margin') }} as numeric(28, 4)
        ) as predicted_clv_{{ months }}m,
    {%- endfor %}
    cast(
        case
            when predictions.expected_order_value is not null
                then rank() over (
                        order by
                            predictions.discounted_orders_12m
                            * predictions.expected_order_value desc
                            nulls last
                    )
        end as bigint
    ) as clv_rank,
    case
        when purchases.customer_id is null then 'contract'
        else coalesce(fit.clv_status, 'no_fit')
    end as clv_status,
    case when predictions.customer_id is not null then fit.purchases_fitted_on end as fitted_on
from revenue
inner join annual on revenue.customer_id = annual.customer_id
left join purchases on revenue.customer_id = purchases.customer_id
left join trends on revenue.customer_id = trends.customer_id
left join predictions on revenue.customer_id = predictions.customer_id
left join fit on 1 = 1
where purchases.customer_id is not null or revenue.revenue_basis <> 'orders'

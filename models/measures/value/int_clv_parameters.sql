-- One row per day on which a model of lifetime value was fitted, with the newest fit of both models
-- on it and whether each may be used.
with

purchase_fits as (
    select * from {{ ref('int_value__purchase_fits') }}
),

spend_fits as (
    select * from {{ ref('int_value__spend_fits') }}
),

fit_days as (
    select
        as_of_date,
        as_of_date as purchases_fitted_on,
        cast(null as date) as spend_fitted_on
    from purchase_fits

    union all

    select
        as_of_date,
        cast(null as date) as purchases_fitted_on,
        as_of_date as spend_fitted_on
    from spend_fits
),

days as (
    select
        as_of_date,
        max(purchases_fitted_on) as purchases_fitted_on,
        max(spend_fitted_on) as spend_fitted_on
    from fit_days
    group by 1
),

newest as (
    select
        as_of_date,
        max(purchases_fitted_on) over (order by as_of_date) as purchases_fitted_on,
        max(spend_fitted_on) over (order by as_of_date) as spend_fitted_on
    from days
),

judged_purchase_fits as (
    select
        *,
        a / (a + b) as leaving_share,
        case
            when step_count = 0 then 'few_repeat_buyers'
            when not is_converged then 'not_converged'
            when b > 10000 then 'b_without_bound'
            when a / (a + b) < 1e-5 then 'nobody_leaves'
            when a / (a + b) > 1 - 1e-5 then 'everybody_leaves'
            when
                least(r, alpha, a, b) < 1e-6 or greatest(r, alpha, a, b) > 1e6
                then 'parameter_out_of_range'
        end as degenerate_because
    from purchase_fits
),

judged_spend_fits as (
    select
        *,
        case
            when step_count = 0 then 'few_repeat_buyers'
            when not is_converged then 'not_converged'
            when q <= 1 then 'no_mean_spend'
            when least(p, q, v) < 1e-6 or greatest(p, q) > 1e6 then 'parameter_out_of_range'
        end as degenerate_because
    from spend_fits
)

select
    newest.as_of_date,
    'days' as unit,

    -- how often customers buy, and when they leave (BG/NBD)
    purchases.r,
    purchases.alpha,
    purchases.a,
    purchases.b,
    purchases.log_likelihood,
    purchases.observation_count as customer_count,
    purchases.repeat_count as repeat_buyer_count,
    purchases.step_count,
    purchases.gradient_norm,
    purchases.degenerate_because is not null as is_degenerate,
    coalesce(
        purchases.degenerate_because,
        case when purchases.leaving_share < .005 then 'hardly_anybody_leaves' end
    ) as reason,
    newest.purchases_fitted_on,
    purchases.settings,

    -- what a day of purchases is worth (Gamma-Gamma)
    spend.p,
    spend.q,
    spend.v,
    spend.log_likelihood as spend_log_likelihood,
    spend.observation_count as spend_customer_count,
    spend.step_count as spend_step_count,
    spend.gradient_norm as spend_gradient_norm,
    spend.degenerate_because is not null as is_spend_degenerate,
    spend.degenerate_because as spend_reason,
    newest.spend_fitted_on,
    spend.settings as spend_settings
from newest
inner join judged_purchase_fits as purchases
    on newest.purchases_fitted_on = purchases.as_of_date
inner join judged_spend_fits as spend
    on newest.spend_fitted_on = spend.as_of_date

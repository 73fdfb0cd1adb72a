-- One row, as soon as anything was fitted: the parameters that predictions use, those of the newest
-- fit on or before the as-of date that is not degenerate; null where there is none.
with

fits as (
    select * from {{ ref('int_clv_parameters') }}
    where as_of_date <= {{ as_of_date() }}
),

newest as (
    select
        is_degenerate or is_spend_degenerate as is_degenerate,
        'few_repeat_buyers' in (reason, spend_reason) as is_of_few_customers
    from fits
    qualify row_number() over (order by as_of_date desc) = 1
),

purchases as (
    select
        r,
        alpha,
        a,
        b,
        purchases_fitted_on
    from fits
    where not is_degenerate and settings = '{{ clv_settings() }}'
    qualify row_number() over (order by as_of_date desc) = 1
),

spend as (
    select
        p,
        q,
        v,
        spend_fitted_on
    from fits
    where not is_spend_degenerate and spend_settings = '{{ clv_settings() }}'
    qualify row_number() over (order by as_of_date desc) = 1
)

select
    case
        when (purchases.r is null or spend.p is null) and newest.is_of_few_customers
            then 'few_customers'
        when purchases.r is null or spend.p is null then 'no_fit'
        when newest.is_degenerate then 'last_good_fit'
        else 'fitted'
    end as clv_status,
    purchases.r,
    purchases.alpha,
    purchases.a,
    purchases.b,
    purchases.purchases_fitted_on,
    spend.p,
    spend.q,
    spend.v,
    spend.spend_fitted_on
from newest
left join purchases on 1 = 1
left join spend on 1 = 1

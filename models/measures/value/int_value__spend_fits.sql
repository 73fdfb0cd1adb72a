-- One row per day on which Gamma-Gamma was fitted: what a day of purchases is worth.
{{ config(
    materialized='maximum_likelihood',
    likelihood='gamma_gamma',
    settings=clv_settings(),
    refit_after_days=var('clv_refit_after_days'),
    min_repeat_count=var('clv_min_repeat_buyers'),
    full_refresh=false,
) }}

select
    repeat_value_day_count as x,
    mean_repeat_value_reporting as mean_value
from {{ ref('int_value__purchase_summary') }}
where repeat_value_day_count > 0

-- One row per day on which BG/NBD was fitted: how often customers buy, and when they leave.
{{ config(
    materialized='maximum_likelihood',
    likelihood='bg_nbd',
    settings=clv_settings(),
    refit_after_days=var('clv_refit_after_days'),
    min_repeat_count=var('clv_min_repeat_buyers'),
    full_refresh=false,
) }}

select
    repeat_purchase_day_count as x,
    recency_days as recency,
    age_days as age
from {{ ref('int_value__purchase_summary') }}

-- One row per period and cut with an answer about satisfaction: the share of the top two points of
-- the scale among the last answers of the respondents, with Wilson's interval, and their mean.
with

answers as (
    {{ survey_answers_by_cut('csat') }}
),

counted as (
    select
        period_type,
        period_start_date,
        period_end_date,
        is_whole_period,
        cut,
        cut_value,
        count(*) as respondent_count,
        count(case when category = 'Satisfied' then 1 end) as satisfied_count,
        {{ mean_of('csat_score', 4) }} as csat_mean
    from answers
    where is_latest
    group by 1, 2, 3, 4, 5, 6
)

select
    -- what it is of
    period_type,
    period_start_date,
    period_end_date,
    is_whole_period,
    cut,
    cut_value,

    -- who answered
    respondent_count,
    satisfied_count,

    -- the score
    round(cast(satisfied_count as double) / respondent_count, 6) as csat_share,
    {{ wilson_bound('satisfied_count', 'respondent_count', '-') }} as csat_share_low,
    {{ wilson_bound('satisfied_count', 'respondent_count', '+') }} as csat_share_high,
    csat_mean,

    respondent_count >= 30 as is_reliable,
    {{ as_of_date() }} as as_of_date
from counted

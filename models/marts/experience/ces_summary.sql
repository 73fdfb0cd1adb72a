-- One row per period and cut with an answer about effort: the share of easy answers among the last
-- answers of the respondents, with Wilson's interval, and means, of each question by itself, too.
with

answers as (
    {{ survey_answers_by_cut('ces') }}
),

counted as (
    select
        period_type,
        period_start_date,
        period_end_date,
        is_whole_period,
        cut,
        cut_value,
        count(case when is_latest then 1 end) as respondent_count,
        count(case when is_latest and category = 'Easy' then 1 end) as easy_count,
        {{ mean_of('case when is_latest then ces_effort end', 4) }} as ces_effort_mean,
        {{ mean_of("case when is_latest and ces_version = 'ease_1_7' then score end", 4) }}
            as ease_mean_1_7,
        {{ mean_of("case when is_latest and ces_version = 'effort_1_5' then score end", 4) }}
            as effort_mean_1_5,
        {{ mean_of('duration_minutes', 4) }} as duration_mean_minutes
    from answers
    group by 1, 2, 3, 4, 5, 6
    having count(case when is_latest then 1 end) > 0
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
    easy_count,

    -- the score
    round(cast(easy_count as double) / respondent_count, 6) as easy_share,
    {{ wilson_bound('easy_count', 'respondent_count', '-') }} as easy_share_low,
    {{ wilson_bound('easy_count', 'respondent_count', '+') }} as easy_share_high,
    ces_effort_mean,
    ease_mean_1_7,
    effort_mean_1_5,
    duration_mean_minutes,

    respondent_count >= 30 as is_reliable,
    {{ as_of_date() }} as as_of_date
from counted

-- One row per period and cut with a respondent of a Net Promoter survey: the share of promoters
-- less that of detractors among their last answers, with an adjusted Wald interval (3/4 of a
-- respondent added to promoters and to detractors, 3/2 to passives).
with

answers as (
    {{ survey_answers_by_cut('nps') }}
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
        count(case when is_latest and category = 'Promoter' then 1 end) as promoter_count,
        count(case when is_latest and category = 'Passive' then 1 end) as passive_count,
        count(case when is_latest and category = 'Detractor' then 1 end) as detractor_count,
        count(*) as response_count,
        count(case when category = 'Promoter' then 1 end) as promoter_response_count,
        count(case when category = 'Detractor' then 1 end) as detractor_response_count
    from answers
    group by 1, 2, 3, 4, 5, 6
    having count(case when is_latest then 1 end) > 0
),

shares as (
    select
        *,
        cast(promoter_count as double) / respondent_count as promoters,
        cast(detractor_count as double) / respondent_count as detractors,
        (promoter_count + 0.75e0) / (respondent_count + 3) as adjusted_promoters,
        (detractor_count + 0.75e0) / (respondent_count + 3) as adjusted_detractors,
        round(cast(100 * (promoter_count - detractor_count) as double) / respondent_count, 1)
            as nps,
        cast(100 * (promoter_response_count - detractor_response_count) as double) / response_count
            as nps_of_responses
    from counted
),

scored as (
    select
        *,
        (promoters + detractors) - (promoters - detractors) * (promoters - detractors) as variance,
        100 * (adjusted_promoters - adjusted_detractors) as middle,
        100 * 1.959964e0 * sqrt(
            (
                adjusted_promoters + adjusted_detractors
                - (adjusted_promoters - adjusted_detractors)
                * (adjusted_promoters - adjusted_detractors)
            ) / (respondent_count + 3)
        ) as margin
    from shares
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
    promoter_count,
    passive_count,
    detractor_count,

    -- the score
    nps,
    greatest(least(round(middle - margin, 2), nps), -100) as nps_low,
    least(greatest(round(middle + margin, 2), nps), 100) as nps_high,
    round(sqrt(greatest(variance, 0) / respondent_count), 6) as standard_error,

    -- all answers, several of one respondent too
    response_count,
    round(nps_of_responses, 1) as nps_all_responses,

    respondent_count >= 30 as is_reliable,
    {{ as_of_date() }} as as_of_date
from scored

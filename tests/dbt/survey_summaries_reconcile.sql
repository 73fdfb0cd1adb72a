-- The categories of each summary are its respondents, and the parts of each cut are the whole.
-- (Returns the periods and cuts of which this is not so.)
with

summaries as (
    select
        'nps' as survey_type,
        period_type,
        period_start_date,
        cut,
        respondent_count,
        promoter_count + passive_count + detractor_count as categorised_count
    from {{ ref('nps_summary') }}

    union all

    select
        'csat' as survey_type,
        period_type,
        period_start_date,
        cut,
        respondent_count,
        respondent_count as categorised_count
    from {{ ref('csat_summary') }}

    union all

    select
        'ces' as survey_type,
        period_type,
        period_start_date,
        cut,
        respondent_count,
        respondent_count as categorised_count
    from {{ ref('ces_summary') }}
),

cuts as (
    select
        survey_type,
        period_type,
        period_start_date,
        cut,
        sum(respondent_count) as respondent_count,
        sum(categorised_count) as categorised_count
    from summaries
    group by 1, 2, 3, 4
),

wholes as (
    select * from cuts
    where cut = 'overall'
),

-- by the answers themselves, one a respondent
answers as (
    select
        survey_type,
        'month' as period_type,
        cast({{ dbt.date_trunc('month', 'response_date') }} as date) as period_start_date,
        count(*) as latest_count
    from {{ ref('survey_responses') }}
    where is_latest_of_month
    group by 1, 2, 3
)

select
    cuts.*,
    wholes.respondent_count as whole_count,
    answers.latest_count
from cuts
left join wholes
    on cuts.survey_type = wholes.survey_type
        and cuts.period_type = wholes.period_type
        and cuts.period_start_date = wholes.period_start_date
left join answers
    on cuts.survey_type = answers.survey_type
        and cuts.period_type = answers.period_type
        and cuts.period_start_date = answers.period_start_date
where cuts.categorised_count <> cuts.respondent_count
    or coalesce(wholes.respondent_count <> cuts.respondent_count, true)
    or (
        cuts.period_type = 'month'
        and coalesce(answers.latest_count <> cuts.respondent_count, true)
    )

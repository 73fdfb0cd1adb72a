-- One row per answer that counts and period it is of, and whether it is its respondent's last of
-- its type in it: at equal times the worst, then that with the smallest id. An answer of nobody
-- known is a respondent of its own.
with

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
    where is_counted
),

period_types as (
    select 'day' as period_type
    union all
    select 'week' as period_type
    union all
    select 'month' as period_type
    union all
    select 'quarter' as period_type
    union all
    select 'trailing_90_days' as period_type
),

started as (
    select
        survey_answers.*,
        period_types.period_type,
        cast(
            case period_types.period_type
                when 'day' then survey_answers.response_date
                when 'week' then {{ dbt.date_trunc('week', 'survey_answers.response_date') }}
                when 'month' then {{ dbt.date_trunc('month', 'survey_answers.response_date') }}
                when 'quarter' then {{ dbt.date_trunc('quarter', 'survey_answers.response_date') }}
                else {{ dbt.dateadd('day', -89, as_of_date()) }}
            end as date
        ) as period_start_date
    from survey_answers
    cross join period_types
    where period_types.period_type <> 'trailing_90_days'
        or ({{ within_window('survey_answers.response_date', 90) }})
),

periods as (
    select
        *,
        cast(
            case period_type
                when 'day' then period_start_date
                when 'week' then {{ dbt.dateadd('day', 6, 'period_start_date') }}
                when 'month'
                    then {{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'period_start_date')) }}
                when 'quarter'
                    then {{ dbt.dateadd('day', -1, dbt.dateadd('month', 3, 'period_start_date')) }}
                else {{ as_of_date() }}
            end as date
        ) as period_end_date
    from started
)

select
    survey_answer_id,
    customer_id,
    survey_type,
    period_type,
    period_start_date,
    period_end_date,
    period_end_date <= {{ as_of_date() }} as is_whole_period,
    row_number() over (
        partition by
            survey_type, period_type, period_start_date, coalesce(customer_id, survey_answer_id)
        order by {{ last_answer_first() }}
    ) = 1 as is_latest
from periods

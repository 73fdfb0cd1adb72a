-- One row per rated ticket, as a satisfaction score.
{{ config(enabled=source_is_enabled('support')) }}

with

tickets as (
    select * from {{ ref('stg_support__tickets') }}
)

select
    {{ not_supplied('survey_responses', ['ces_version', 'comment', 'duration_minutes']) }}
    {{ record_key('support', 'source_ticket_id') }} || ':csat' as survey_answer_id,
    record_key,
    'support' as source_name,
    'csat' as survey_type,
    satisfaction as score,
    1 as scale_min,
    5 as scale_max,
    true as higher_is_better,
    channel,
    coalesce(resolved_at, created_at) as responded_at
from tickets
where satisfaction is not null

{#
    The answers of a survey type that count, once for each period and cut that they are of. A cut is
    the whole (overall), the answer's channel, or what its customer is as of the as-of date: segment,
    country, value tier.

    survey_type: nps, csat or ces. Columns: those of int_experience__survey_answers, period_type,
    period_start_date, period_end_date, is_whole_period, is_latest, cut, cut_value ('all' overall,
    'unknown' where there is none, so that the parts of a cut are the whole).
#}
{% macro survey_answers_by_cut(survey_type) %}
{%- set cuts = {
    'overall': "'all'",
    'rfm_segment': 'customer_rfm.rfm_segment',
    'country_code': 'customers.country_code',
    'channel': 'survey_answers.channel',
    'value_tier': 'customer_rfm.value_tier',
} %}
    select
        survey_answers.*,
        period_answers.period_type,
        period_answers.period_start_date,
        period_answers.period_end_date,
        period_answers.is_whole_period,
        period_answers.is_latest,
        cuts.cut,
        coalesce(
            case cuts.cut
                {%- for cut, attribute in cuts.items() %}
                when '{{ cut }}' then {{ attribute }}
                {%- endfor %}
            end,
            'unknown'
        ) as cut_value
    from {{ ref('int_experience__period_answers') }} as period_answers
    inner join {{ ref('int_experience__survey_answers') }} as survey_answers
        on period_answers.survey_answer_id = survey_answers.survey_answer_id
    left join {{ ref('customers') }} as customers
        on survey_answers.customer_id = customers.customer_id
    left join {{ ref('customer_rfm') }} as customer_rfm
        on survey_answers.customer_id = customer_rfm.customer_id
    cross join (
        {%- for cut in cuts %}
        select '{{ cut }}' as cut
        {{ 'union all' if not loop.last }}
        {%- endfor %}
    ) as cuts
    where period_answers.survey_type = '{{ survey_type }}'
{% endmacro %}

-- One row per accepted record of cx_survey.survey_response; one response may answer several scores.
{{ config(enabled=source_is_enabled('cx_survey')) }}

with

accepted as (
    {{ accepted_rows('base_cx_survey__survey_response') }}
),

normalised as (
    select
        *,
        {{ normalise_email('email') }} as email_address
    from accepted
)

select
    -- ids
    response_id as source_response_id,
    {{ party_record_key('cx_survey', 'customer_id', 'email_address') }} as record_key,
    customer_id as account_number,
    email_address as email,
    email as email_original,

    -- answers
    lower(survey_type) as survey_name,
    nps_rating,
    csat_rating,
    ces_rating,
    ces_version,
    comments as comment,
    lower(channel) as channel,

    -- times
    survey_date as responded_at,
    loaded_at
from normalised

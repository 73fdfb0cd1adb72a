-- One row per account or email that answered a survey.
{{ config(enabled=source_is_enabled('cx_survey')) }}

with

responses as (
    select * from {{ ref('stg_cx_survey__survey_response') }}
),

sightings as (
    select
        record_key,
        account_number,
        email,
        responded_at as seen_at
    from responses
),

records as (
    {{ records_of_sightings('sightings', id='account_number') }}
)

{{ records_of_respondents('cx_survey', 'records') }}

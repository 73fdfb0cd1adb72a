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

select
    {{ not_supplied('party_records', [
        'member_of_record_key', 'first_name', 'last_name', 'organisation_name', 'birth_date',
        'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
    ]) }}
    record_key,
    'cx_survey' as source_name,
    'respondent' as record_kind,
    coalesce(account_number, email) as source_record_id,
    case when account_number is null then 'person' end as party_type,
    account_number,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

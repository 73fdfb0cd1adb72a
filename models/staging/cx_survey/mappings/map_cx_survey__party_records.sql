-- One row per account or email that answered a survey.
{{ config(enabled=source_is_enabled('cx_survey')) }}

with

responses as (
    select * from {{ ref('stg_cx_survey__survey_response') }}
),

latest_email_first as (
    select
        *,
        row_number() over (
            partition by record_key
            order by case when email is null then 1 else 0 end asc, responded_at desc, email asc
        ) as email_rank
    from responses
),

records as (
    select
        record_key,
        account_number,
        max(case when email_rank = 1 then email end) as email,
        min(responded_at) as first_seen_at,
        max(responded_at) as last_seen_at
    from latest_email_first
    group by 1, 2
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

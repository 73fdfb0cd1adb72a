-- One row per accepted record of external.profiles.
{{ config(enabled=source_is_enabled('external')) }}

with

accepted as (
    {{ accepted_rows('base_external__profiles') }}
),

normalised as (
    select
        *,
        {{ normalise_email('email') }} as normalised_email
    from accepted
)

select
    -- ids
    profile_id as source_profile_id,
    {{ party_record_key('external', 'customer_id', 'normalised_email') }} as record_key,
    customer_id as source_customer_id,

    -- contact points
    normalised_email as email,
    email as email_original,

    -- what is said of the person
    data_source,
    age_range,
    gender,
    education_level,
    occupation,
    income_range,
    interests,
    social_activity,

    -- scores
    influence_score,
    data_quality_score,

    -- times
    case when last_updated <= {{ dbt.dateadd('day', 1, 'loaded_at') }} then last_updated end
        as updated_at,
    loaded_at
from normalised

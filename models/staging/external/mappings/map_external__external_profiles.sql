-- One row per bought demographic profile.
{{ config(enabled=source_is_enabled('external')) }}

with

profiles as (
    select * from {{ ref('stg_external__profiles') }}
)

select
    {{ record_key('external', 'source_profile_id') }} as external_profile_id,
    record_key,
    'external' as source_name,
    data_source,
    age_range,
    gender,
    education_level,
    occupation,
    income_range,
    interests,
    social_activity,
    influence_score,
    data_quality_score,
    coalesce(updated_at, loaded_at) as updated_at
from profiles

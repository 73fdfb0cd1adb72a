-- One row per accepted record of servicenow.incident.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

accepted as (
    {{ accepted_rows('base_servicenow__incident') }}
),

normalised as (
    select
        *,
        {{ normalise_email('caller_email') }} as email
    from accepted
)

select
    -- ids
    sys_id as source_incident_id,
    number as incident_number,
    {{ party_record_key('servicenow', 'account_number', 'email') }} as record_key,
    account_number,
    email,
    caller_email as email_original,

    -- what it is
    lower(state) as incident_state,
    priority as priority_level,
    lower(category) as category,
    short_description,
    reassignment_count,
    reopen_count,

    -- times
    opened_at,
    resolved_at,
    loaded_at
from normalised

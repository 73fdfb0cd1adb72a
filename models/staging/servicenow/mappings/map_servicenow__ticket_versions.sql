-- One row per incident and time at which a row of it was loaded: what it said, as a ticket.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

-- a version that a later one took the place of counts as a duplicate
versions as (
    select
        *,
        lower(state) as incident_state,
        coalesce(loaded_at, opened_at) as changed_at,
        {{ normalise_email('caller_email') }} as email
    from {{ ref('base_servicenow__incident') }}
    where judgement in ('accepted', 'duplicate')
)

select
    {{ record_key('servicenow', 'sys_id') }} as ticket_id,
    {{ party_record_key('servicenow', 'account_number', 'email') }} as record_key,
    'servicenow' as source_name,
    case incident_state
        when 'new' then 'open'
        when 'in progress' then 'in_progress'
        else incident_state
    end as ticket_status,
    resolved_at,
    changed_at
from versions
qualify row_number() over (
        partition by sys_id, changed_at order by length(row_version_id), row_version_id
    ) = 1

-- One row per ticket and time at which a row of it was loaded: what it said.
{{ config(enabled=source_is_enabled('support')) }}

with

-- a version that a later one took the place of counts as a duplicate
versions as (
    select
        *,
        coalesce(loaded_at, created_at) as changed_at,
        {{ normalise_email('requester_email') }} as email,
        {{ normalise_phone('requester_phone') }} as phone
    from {{ ref('base_support__tickets') }}
    where judgement in ('accepted', 'duplicate')
)

select
    {{ record_key('support', 'ticket_id') }} as ticket_id,
    {{ party_record_key('support', 'customer_id', 'email', 'phone', 'requester_name') }}
        as record_key,
    'support' as source_name,
    lower(status) as ticket_status,
    resolved_at,
    changed_at
from versions
qualify row_number() over (
        partition by ticket_id, changed_at order by length(row_version_id), row_version_id
    ) = 1

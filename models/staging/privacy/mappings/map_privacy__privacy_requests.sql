-- One row per request of a data subject.
{{ config(enabled=source_is_enabled('privacy')) }}

with

requests as (
    select * from {{ ref('stg_privacy__requests') }}
)

select
    {{ record_key('privacy', 'source_request_id') }} as privacy_request_id,
    record_key,
    'privacy' as source_name,
    request_type,
    received_at,
    due_at,
    completed_at
from requests

-- One row per accepted record of support.tickets. Name and telephone of a requester are of use
-- where no customer is named: on a customer's ticket they may be a colleague's.
{{ config(enabled=source_is_enabled('support')) }}

with

accepted as (
    {{ accepted_rows('base_support__tickets') }}
),

normalised as (
    select
        *,
        {{ normalise_email('requester_email') }} as email,
        {{ normalise_phone('requester_phone') }} as phone
    from accepted
)

select
    -- ids
    ticket_id as source_ticket_id,
    {{ party_record_key('support', 'customer_id', 'email', 'phone', 'requester_name') }}
        as record_key,
    customer_id as source_customer_id,
    email,
    requester_email as email_original,
    case when customer_id is null then phone end as phone,
    requester_phone as phone_original,
    case when customer_id is null then requester_name end as full_name,

    -- what it is
    lower(status) as ticket_status,
    lower(priority) as priority,
    lower(category) as category,
    lower(source) as channel,

    -- measures
    first_response_minutes,
    satisfaction,
    reopen_count,

    -- times
    created_at,
    resolved_at,
    loaded_at
from normalised

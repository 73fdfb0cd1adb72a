-- The timeline has every touch that the marts and facts have of a customer, and no other. (Returns
-- the kinds of which it has another number.)
with

in_timeline as (
    select
        case
            when touch_type in ('purchase', 'return', 'refund', 'exchange') then 'order'
            when touch_type like 'billing_%' then 'billing_transaction'
            when touch_type like 'message_%' then 'message_event'
            when touch_type like 'consent_%' then 'consent_event'
            else touch_type
        end as kind,
        count(*) as touch_count
    from {{ ref('customer_timeline') }}
    group by 1
),

known as (
    select 'order' as kind from {{ ref('orders') }}
    where customer_id is not null
    union all
    select 'billing_transaction' as kind from {{ ref('billing_transactions') }}
    where customer_id is not null
    union all
    select 'message_event' as kind from {{ ref('int_customer_facts__message_events') }}
    where customer_id is not null
    union all
    select 'consent_event' as kind from {{ ref('int_customer_facts__consent_events') }}
    where customer_id is not null
    union all
    select 'subscription_started' as kind from {{ ref('subscriptions') }}
    where customer_id is not null and subscription_status <> 'future'
    union all
    select 'subscription_ended' as kind from {{ ref('subscriptions') }}
    where customer_id is not null and end_date <= {{ as_of_date() }}
    union all
    select 'opportunity_created' as kind from {{ ref('opportunities') }}
    where customer_id is not null
    union all
    select case when is_won then 'opportunity_won' else 'opportunity_lost' end as kind
    from {{ ref('opportunities') }}
    where customer_id is not null and not is_open and close_date is not null
    union all
    select 'record_first_seen' as kind from {{ ref('int_identity__records') }}
    where record_kind in ('account', 'contact', 'profile')
        and customer_id is not null
        and cast(first_seen_at as date) <= {{ as_of_date() }}
    union all
    select 'ticket_opened' as kind from {{ ref('tickets') }}
    where customer_id is not null
    union all
    select 'ticket_resolved' as kind from {{ ref('tickets') }}
    where customer_id is not null and resolved_at is not null
    union all
    select 'ticket_interaction' as kind from {{ ref('ticket_interactions') }}
    where customer_id is not null
    union all
    select 'survey_answer' as kind from {{ ref('survey_responses') }}
    where customer_id is not null and is_counted
    union all
    select 'alert_opened' as kind
    from {{ ref('customer_alerts') }} as alerts
    inner join {{ ref('customers') }} as customers on alerts.customer_id = customers.customer_id
    union all
    select 'alert_resolved' as kind
    from {{ ref('customer_alerts') }} as alerts
    inner join {{ ref('customers') }} as customers on alerts.customer_id = customers.customer_id
    where alerts.resolved_on is not null
    union all
    select 'identity_' || events.event as kind
    from {{ ref('identity_events') }} as events
    left join {{ ref('customer_aliases') }} as aliases
        on events.customer_id = aliases.former_customer_id
    inner join {{ ref('customers') }} as customers
        on coalesce(aliases.customer_id, events.customer_id) = customers.customer_id
    where events.event in ('merged', 'split')
        and cast(events.happened_at as date) <= {{ as_of_date() }}
    union all
    select 'identity_split_off' as kind
    from {{ ref('identity_events') }} as events
    left join {{ ref('customer_aliases') }} as aliases
        on events.customer_id = aliases.former_customer_id
    left join {{ ref('customer_aliases') }} as other_aliases
        on events.other_customer_id = other_aliases.former_customer_id
    inner join {{ ref('customers') }} as customers
        on coalesce(other_aliases.customer_id, events.other_customer_id) = customers.customer_id
    where events.event = 'split'
        and cast(events.happened_at as date) <= {{ as_of_date() }}
        and coalesce(aliases.customer_id, events.customer_id) <> customers.customer_id
),

expected as (
    select
        kind,
        count(*) as touch_count
    from known
    group by 1

    union all

    -- the first version of a subscription is no change
    select
        'subscription_changed' as kind,
        sum(version_count - 1) as touch_count
    from {{ ref('subscriptions') }}
    where customer_id is not null
)

select
    coalesce(expected.kind, in_timeline.kind) as kind,
    expected.touch_count as expected_count,
    in_timeline.touch_count
from expected
full outer join in_timeline on expected.kind = in_timeline.kind
where coalesce(expected.touch_count, 0) <> coalesce(in_timeline.touch_count, 0)

union all

select
    'record_first_seen' as kind,
    null as expected_count,
    count(*) as touch_count
from {{ ref('customer_timeline') }} as touches
left join {{ ref('int_identity__records') }} as records
    on touches.source_name = records.source_name
        and touches.source_key = {{ dbt.hash('records.record_key') }}
        and touches.customer_id = records.customer_id
        and touches.occurred_at = records.first_seen_at
where touches.touch_type = 'record_first_seen' and records.record_key is null
having count(*) > 0

union all

select
    'names' as kind,
    null as expected_count,
    count(*) as touch_count
from {{ ref('customer_timeline') }}
where timeline_id <> touch_type || ':' || source_name || ':' || source_key
    or cast(occurred_at as date) > {{ as_of_date() }}
having count(*) > 0

-- One row per touch of a customer up to the as-of date; the macro `touches` gives all kinds the
-- same columns. A touch is named by its type and what tells of it, never by its customer, so that
-- a merge moves touches and renames none. The rows of a customer lie together, in their order.
with

subscriptions as (
    select * from {{ ref('subscriptions') }}
),

subscription_changes as (
    select
        changes.subscription_id || ':' || cast(changes.changed_on as {{ dbt.type_string() }})
            as change_id,
        changes.changed_on,
        changes.subscription_status || ', ' || {{ money_text('changes.mrr', 'changes.currency') }}
        || ' a month' as terms,
        changes.former_status || ', '
        || {{ money_text('changes.former_mrr', 'changes.former_currency') }}
        || ' a month' as former_terms,
        subscriptions.customer_id,
        subscriptions.product_name
    from {{ ref('int_value__subscription_changes') }} as changes
    inner join subscriptions on changes.subscription_id = subscriptions.subscription_id
),

opportunities as (
    select
        *,
        case when is_won then 'won' else 'lost' end as outcome
    from {{ ref('opportunities') }}
),

tickets as (
    select
        *,
        case
            when priority = 'urgent' then 'Critical'
            else upper(substr(priority, 1, 1)) || substr(priority, 2)
        end as severity,
        cast(cast(resolution_hours as numeric(18, 1)) as {{ dbt.type_string() }}) as hours
    from {{ ref('tickets') }}
),

-- the same answer of another system is no touch
answers as (
    select
        *,
        {{ number_as_text('score') }} as points,
        ' of ' || {{ number_as_text('scale_max') }} || case
            when survey_type <> 'ces' then ''
            when higher_is_better then ' (ease)'
            else ' (effort)'
        end as scale
    from {{ ref('survey_responses') }}
    where is_counted
),

messages as (
    select
        message_events.*,
        campaigns.campaign_name
    from {{ ref('int_customer_facts__message_events') }} as message_events
    left join {{ ref('int_campaigns') }} as campaigns
        on message_events.campaign_id = campaigns.campaign_id
),

consent_events as (
    select
        *,
        case when is_granted then 'given' else 'withdrawn' end as decision
    from {{ ref('int_customer_facts__consent_events') }}
),

-- others are first seen with another touch, or with a visit; some keys are email addresses
records as (
    select
        *,
        {{ dbt.hash('record_key') }} as hashed_key
    from {{ ref('int_identity__records') }}
    where record_kind in ('account', 'contact', 'profile')
),

customers as (
    select * from {{ ref('customers') }}
),

-- one of a customer that was merged into another since is nobody's
alerts as (
    select alerts.*
    from {{ ref('customer_alerts') }} as alerts
    inner join customers on alerts.customer_id = customers.customer_id
),

identity_events as (
    select * from {{ ref('identity_events') }}
    where event in ('merged', 'split')
),

aliases as (
    select * from {{ ref('customer_aliases') }}
),

-- by whoever the customers are now; the other one only where there is one still, or again
identity_changes as (
    select
        identity_events.event_id,
        identity_events.event,
        identity_events.happened_at,
        replace(
            identity_events.identifier_type || coalesce(', ' || identity_events.reason, ''),
            '_',
            ' '
        ) as cause,
        case when identity_events.event = 'merged' then identity_events.other_customer_id end
            as merged_customer_id,
        customers.customer_id,
        nullif(others.customer_id, customers.customer_id) as other_customer_id
    from identity_events
    left join aliases
        on identity_events.customer_id = aliases.former_customer_id
    left join aliases as other_aliases
        on identity_events.other_customer_id = other_aliases.former_customer_id
    left join customers
        on coalesce(aliases.customer_id, identity_events.customer_id) = customers.customer_id
    left join customers as others
        on coalesce(other_aliases.customer_id, identity_events.other_customer_id)
            = others.customer_id
),

-- the other side of a split
splits_off as (
    select
        event_id,
        happened_at,
        cause,
        other_customer_id as customer_id,
        customer_id as other_customer_id
    from identity_changes
    where event = 'split'
),

all_touches as (
    {{ touches(
        ref('orders'), 'order_type', 'order_id', 'ordered_at',
        subject="nullif(order_status, 'completed')", detail=money_text('total_amount', 'currency'),
        amount_reporting='net_amount_reporting', channel='channel',
    ) }}
    union all
    {{ touches(
        ref('billing_transactions'),
        "'billing_' || transaction_type", 'billing_transaction_id', 'transacted_at',
        subject='transaction_status', detail=money_text('amount', 'currency'),
        amount_reporting='amount_reporting',
    ) }}
    union all
    {{ touches(
        'subscriptions', "'subscription_started'", 'subscription_id', 'start_date',
        subject='product_name', detail="'billed ' || billing_cycle",
        amount_reporting='first_mrr_reporting',
    ) }}
    union all
    {{ touches(
        'subscription_changes', "'subscription_changed'", 'change_id', 'changed_on',
        subject='product_name', detail="terms || ' (was ' || former_terms || ')'",
    ) }}
    union all
    {{ touches(
        'subscriptions', "'subscription_ended'", 'subscription_id', 'end_date',
        subject='product_name',
    ) }}
    union all
    {{ touches(
        'opportunities', "'opportunity_created'", 'opportunity_id', 'created_at',
        subject='opportunity_name', detail=money_text('amount', 'currency'),
        amount_reporting='amount_reporting',
    ) }}
    union all
    {{ touches(
        'opportunities', "'opportunity_' || outcome", 'opportunity_id', 'close_date',
        subject='opportunity_name', detail=money_text('amount', 'currency'),
        amount_reporting='amount_reporting', condition='not is_open',
    ) }}
    union all
    {{ touches(
        'tickets', "'ticket_opened'", 'ticket_id', 'opened_at',
        subject='subject', detail='category', severity='severity', channel='channel',
    ) }}
    union all
    {{ touches(
        ref('int_customer_facts__ticket_interactions'),
        "'ticket_interaction'", 'interaction_id', 'interacted_at',
        subject='direction', detail="replace(outcome, '_', ' ')", channel='interaction_type',
    ) }}
    union all
    {{ touches(
        'tickets', "'ticket_resolved'", 'ticket_id', 'resolved_at',
        subject='subject', detail="'after ' || hours || ' hours'", channel='channel',
    ) }}
    union all
    {{ touches(
        'answers', "'survey_answer'", 'survey_answer_id', 'responded_at',
        subject="upper(survey_type) || ' ' || points || scale || ', ' || category", detail='comment',
        channel='channel',
    ) }}
    union all
    {{ touches(
        'messages', "'message_' || action", 'message_event_id', 'occurred_at',
        subject='subject', detail='campaign_name', channel='channel',
    ) }}
    union all
    {{ touches(
        'consent_events', "'consent_' || decision", 'consent_event_id', 'occurred_at',
        subject='purpose', detail="replace(method, '_', ' ')",
    ) }}
    union all
    {{ touches(
        'records', "'record_first_seen'", "source_name || ':' || hashed_key", 'first_seen_at',
        subject="source_name || ' ' || record_kind", detail='source_record_id',
    ) }}
    union all
    {{ touches(
        'identity_changes', "'identity_' || event", "'customer_360:' || event_id", 'happened_at',
        subject='cause', detail='coalesce(merged_customer_id, other_customer_id)',
    ) }}
    union all
    {{ touches(
        'splits_off', "'identity_split_off'", "'customer_360:' || event_id", 'happened_at',
        subject='cause', detail='other_customer_id',
    ) }}
    union all
    {{ touches(
        'alerts', "'alert_opened'", "'customer_360:' || alert_id", 'opened_on',
        subject='alert_type', detail='opened_message', severity='opened_severity',
    ) }}
    union all
    {{ touches(
        'alerts', "'alert_resolved'", "'customer_360:' || alert_id", 'resolved_on',
        subject='alert_type', detail="replace(resolved_reason, '_', ' ')", severity='severity',
    ) }}
)

select
    -- ids
    touch_type || ':' || touch_key as timeline_id,
    customer_id,

    -- what it was
    occurred_at,
    touch_type,
    upper(substr(touch_type, 1, 1)) || replace(substr(touch_type, 2), '_', ' ')
    || coalesce(': ' || subject, '') as title,
    detail,
    severity,
    amount_reporting,
    channel,

    -- what tells of it
    split_part(touch_key, ':', 1) as source_name,
    substr(touch_key, length(split_part(touch_key, ':', 1)) + 2) as source_key
from all_touches
where customer_id is not null and cast(occurred_at as date) <= {{ as_of_date() }}
order by 2, 3, 1

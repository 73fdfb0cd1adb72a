-- One row per ticket opened up to the as-of date: how fast it was answered and resolved, its target
-- (SLA), how often it was opened again and escalated. Hours are of elapsed time, day and night, by
-- the second; a target is for the resolution.
{% set tomorrow = dbt.dateadd('day', 1, as_of_date()) %}
{% set response_seconds = 'cast(round(tickets.minutes * 60, 0) as bigint)' %}
{% set sla_seconds = 'cast(round(sla_targets.resolution_hours * 3600, 0) as bigint)' %}
with

tickets as (
    select
        *,
        cast(first_response_minutes as numeric(28, 4)) as minutes,
        {{ dbt.datediff('opened_at', tomorrow, 'second') }} as seconds_until_tomorrow,
        case when not is_open then {{ dbt.datediff('opened_at', 'ended_at', 'second') }} end
            as seconds_to_end
    from {{ ref('int_customer_facts__tickets') }}
),

versions as (
    select
        *,
        lag(ticket_status) over (partition by ticket_id order by changed_at) as former_status
    from {{ ref('int_customer_facts__ticket_versions') }}
    where ticket_status is not null
),

interactions as (
    select
        *,
        max(escalation_level) over (
            partition by ticket_id
            order by interacted_at, interaction_id
            rows between unbounded preceding and 1 preceding
        ) as former_level
    from {{ ref('int_customer_facts__ticket_interactions') }}
),

sla_targets as (
    select * from {{ ref('sla_targets') }}
),

reopenings as (
    select
        ticket_id,
        sum(
            case
                when ticket_status in ('open', 'in_progress')
                    and former_status in ('resolved', 'closed')
                    then 1
                else 0
            end
        ) as reopened_count
    from versions
    group by 1
),

contacts as (
    select
        ticket_id,
        count(*) as interaction_count,
        sum(case when escalation_level > coalesce(former_level, 0) then 1 else 0 end)
            as escalated_count
    from interactions
    group by 1
),

-- of the others nobody knows how many there were
sources_of_contacts as (
    select source_name
    from interactions
    group by 1
),

measured as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        tickets.opened_at,
        tickets.ended_at,
        tickets.is_open,
        tickets.seconds_to_end,
        sla_targets.resolution_hours,
        case
            when sources_of_contacts.source_name is not null
                then coalesce(contacts.interaction_count, 0)
        end as interaction_count,
        contacts.escalated_count,
        coalesce(tickets.reopen_count, reopenings.reopened_count) as reopened_count,
        -- what was answered later is not known yet
        case
            when {{ response_seconds }} < tickets.seconds_until_tomorrow then {{ response_seconds }}
        end as response_seconds,
        {{ sla_seconds }} as sla_seconds,
        {{ sla_seconds }} < tickets.seconds_until_tomorrow as is_sla_past
    from tickets
    left join sla_targets on tickets.priority = sla_targets.priority
    left join reopenings on tickets.ticket_id = reopenings.ticket_id
    left join contacts on tickets.ticket_id = contacts.ticket_id
    left join sources_of_contacts on tickets.source_name = sources_of_contacts.source_name
)

select
    -- ids
    ticket_id,
    customer_id,

    -- when
    is_open,
    opened_at,
    {{ dbt.dateadd('second', 'response_seconds', 'opened_at') }} as first_response_at,
    case when not is_open then ended_at end as resolved_at,
    cast(response_seconds / cast(3600 as numeric(18, 4)) as numeric(18, 4)) as first_response_hours,
    cast(seconds_to_end / cast(3600 as numeric(18, 4)) as numeric(18, 4)) as resolution_hours,

    -- its target
    cast(resolution_hours as numeric(18, 4)) as sla_hours,
    {{ dbt.dateadd('second', 'sla_seconds', 'opened_at') }} as sla_due_at,
    case
        when is_open and is_sla_past then false
        when not is_open then seconds_to_end <= sla_seconds
    end as is_sla_met,

    -- how it went
    cast(reopened_count as bigint) as reopened_count,
    cast(escalated_count as bigint) as escalated_count,
    cast(interaction_count as bigint) as interaction_count
from measured

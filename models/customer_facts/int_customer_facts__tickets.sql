-- One row per ticket opened up to the as-of date: its customer, when it ended, and whether it was
-- open by the end of the date. One that is resolved or closed without a time ended with the first
-- version since it was last open that says so.
with

tickets as (
    {{ facts_of_customers(
        'tickets',
        happened_at='opened_at',
        ended_at='resolved_at',
        also={'int_ticket_versions': ['changed_at']},
    ) }}
),

versions as (
    select
        ticket_id,
        changed_at,
        ticket_status in ('resolved', 'closed') as is_ended
    from {{ ref('int_ticket_versions') }}
    where ticket_status is not null
),

last_open as (
    select
        ticket_id,
        max(case when not is_ended then changed_at end) as last_open_at
    from versions
    group by 1
),

first_ended as (
    select
        versions.ticket_id,
        min(versions.changed_at) as changed_at
    from versions
    inner join last_open on versions.ticket_id = last_open.ticket_id
    where versions.is_ended
        and (last_open.last_open_at is null or versions.changed_at > last_open.last_open_at)
    group by 1
)

select
    tickets.*,
    case
        when tickets.ticket_status in ('open', 'in_progress') then null
        when tickets.resolved_at is not null then tickets.resolved_at
        -- by a clock that is behind
        when first_ended.changed_at < tickets.opened_at then tickets.opened_at
        else first_ended.changed_at
    end as ended_at,
    case
        when tickets.ticket_status in ('open', 'in_progress') then true
        when tickets.resolved_at is not null
            then cast(tickets.resolved_at as date) > {{ as_of_date() }}
        when first_ended.changed_at is not null
            then cast(first_ended.changed_at as date) > {{ as_of_date() }}
        else tickets.ticket_status is null
    end as is_open
from tickets
left join first_ended on tickets.ticket_id = first_ended.ticket_id

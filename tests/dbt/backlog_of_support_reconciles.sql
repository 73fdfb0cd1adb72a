-- Each day's open tickets are the day before's + opened - resolved, no day is left out, and all
-- days together have the tickets, what is open of them, and their targets met and missed.
with

days as (
    select
        *,
        lag(open_count_end_of_day, 1, 0) over (
            partition by priority, category, channel order by support_date
        ) as former_open_count,
        lag(support_date) over (
            partition by priority, category, channel order by support_date
        ) as former_date
    from {{ ref('support_daily') }}
),

tickets as (
    select * from {{ ref('tickets') }}
),

of_days as (
    select
        coalesce(sum(opened_count), 0) as opened_count,
        coalesce(sum(resolved_count), 0) as resolved_count,
        coalesce(
            sum(case when support_date = {{ as_of_date() }} then open_count_end_of_day end), 0
        ) as open_count,
        coalesce(sum(sla_met_count), 0) as sla_met_count,
        coalesce(sum(sla_missed_count), 0) as sla_missed_count
    from days
),

of_tickets as (
    select
        count(*) as opened_count,
        coalesce(sum(case when is_open then 0 else 1 end), 0) as resolved_count,
        coalesce(sum(case when is_open then 1 else 0 end), 0) as open_count,
        coalesce(sum(case when is_sla_met then 1 else 0 end), 0) as sla_met_count,
        coalesce(sum(case when not is_sla_met then 1 else 0 end), 0) as sla_missed_count
    from tickets
)

select
    support_date,
    priority,
    category,
    channel
from days
where open_count_end_of_day <> former_open_count + opened_count - resolved_count
    or open_count_end_of_day < 0
    or support_date <> cast({{ dbt.dateadd('day', 1, 'former_date') }} as date)

union all

select
    cast(null as date) as support_date,
    null as priority,
    null as category,
    'in all' as channel
from of_days
cross join of_tickets
where of_days.opened_count <> of_tickets.opened_count
    or of_days.resolved_count <> of_tickets.resolved_count
    or of_days.open_count <> of_tickets.open_count
    or of_days.sla_met_count <> of_tickets.sla_met_count
    or of_days.sla_missed_count <> of_tickets.sla_missed_count

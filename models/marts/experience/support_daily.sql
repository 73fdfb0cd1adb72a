-- One row per day (UTC), priority, category and channel, from the first day of each combination to
-- the as-of date, none left out. A ticket counts on the day on which something happened to it; one
-- that ended nobody knows when leaves the backlog on the day it came.
with

tickets as (
    select
        *,
        coalesce(priority, 'unknown') as priority_group,
        coalesce(category, 'unknown') as category_group,
        coalesce(channel, 'unknown') as channel_group
    from {{ ref('tickets') }}
),

happenings as (
    select
        priority_group,
        category_group,
        channel_group,
        cast(opened_at as date) as support_date,
        1 as opened_count,
        0 as resolved_count,
        0 as sla_met_count,
        0 as sla_missed_count,
        cast(null as numeric(18, 4)) as first_response_hours,
        cast(null as numeric(18, 4)) as resolution_hours
    from tickets

    union all

    select
        priority_group,
        category_group,
        channel_group,
        cast(first_response_at as date) as support_date,
        0 as opened_count,
        0 as resolved_count,
        0 as sla_met_count,
        0 as sla_missed_count,
        first_response_hours,
        cast(null as numeric(18, 4)) as resolution_hours
    from tickets
    where first_response_at is not null

    union all

    select
        priority_group,
        category_group,
        channel_group,
        cast(coalesce(resolved_at, opened_at) as date) as support_date,
        0 as opened_count,
        1 as resolved_count,
        case when is_sla_met then 1 else 0 end as sla_met_count,
        0 as sla_missed_count,
        cast(null as numeric(18, 4)) as first_response_hours,
        resolution_hours
    from tickets
    where not is_open

    union all

    select
        priority_group,
        category_group,
        channel_group,
        cast(sla_due_at as date) as support_date,
        0 as opened_count,
        0 as resolved_count,
        0 as sla_met_count,
        1 as sla_missed_count,
        cast(null as numeric(18, 4)) as first_response_hours,
        cast(null as numeric(18, 4)) as resolution_hours
    from tickets
    where not is_sla_met
),

by_day as (
    select
        priority_group,
        category_group,
        channel_group,
        support_date,
        sum(opened_count) as opened_count,
        sum(resolved_count) as resolved_count,
        sum(sla_met_count) as sla_met_count,
        sum(sla_missed_count) as sla_missed_count,
        {{ median('first_response_hours') }} as median_first_response_hours,
        {{ median('resolution_hours') }} as median_resolution_hours
    from happenings
    group by 1, 2, 3, 4
),

combinations as (
    select
        priority_group,
        category_group,
        channel_group,
        min(support_date) as first_date
    from by_day
    group by 1, 2, 3
),

beginning as (
    select min(first_date) as first_date
    from combinations
),

days as (
    select
        cast(
            {{ dbt.dateadd('day', '1 - numbers.generated_number', as_of_date()) }} as date
        ) as support_date
    from ({{ dbt.generate_series(110000) }}) as numbers
),

gap_free as (
    select
        days.support_date,
        combinations.priority_group,
        combinations.category_group,
        combinations.channel_group
    from days
    cross join beginning
    inner join combinations on days.support_date >= combinations.first_date
    where days.support_date >= beginning.first_date
)

select
    -- ids
    gap_free.support_date,
    gap_free.priority_group as priority,
    gap_free.category_group as category,
    gap_free.channel_group as channel,

    -- what happened on the day
    cast(coalesce(by_day.opened_count, 0) as bigint) as opened_count,
    cast(coalesce(by_day.resolved_count, 0) as bigint) as resolved_count,

    -- what is left at its end
    cast(
        sum(coalesce(by_day.opened_count, 0) - coalesce(by_day.resolved_count, 0)) over (
            partition by
                gap_free.priority_group, gap_free.category_group, gap_free.channel_group
            order by gap_free.support_date
            rows between unbounded preceding and current row
        ) as bigint
    ) as open_count_end_of_day,

    -- how fast
    cast(coalesce(by_day.sla_met_count, 0) as bigint) as sla_met_count,
    cast(coalesce(by_day.sla_missed_count, 0) as bigint) as sla_missed_count,
    by_day.median_first_response_hours,
    by_day.median_resolution_hours
from gap_free
left join by_day
    on gap_free.support_date = by_day.support_date
        and gap_free.priority_group = by_day.priority_group
        and gap_free.category_group = by_day.category_group
        and gap_free.channel_group = by_day.channel_group

-- One row per subscription that began, or was known to begin, up to the as-of date, and how it
-- stands.
with

subscriptions as (
    select * from {{ ref('int_customer_facts__subscriptions') }}
),

versions as (
    select * from {{ ref('int_customer_facts__subscription_versions') }}
),

periods as (
    select * from {{ ref('int_value__subscription_periods') }}
),

latest as (
    select * from versions
    qualify row_number() over (partition by subscription_id order by changed_on desc) = 1
),

histories as (
    select
        subscription_id,
        max(case when subscription_status <> 'cancelled' then changed_on end) as last_held_on
    from versions
    group by 1
),

counted as (
    select
        subscription_id,
        count(*) as change_count
    from {{ ref('int_value__subscription_changes') }}
    group by 1
),

-- of one that was first seen cancelled nobody knows when that was
cancellations as (
    select
        versions.subscription_id,
        min(versions.changed_on) as cancelled_on
    from versions
    inner join histories on versions.subscription_id = histories.subscription_id
    where versions.subscription_status = 'cancelled'
        and versions.changed_on > histories.last_held_on
    group by 1
),

present_periods as (
    select * from periods
    where valid_from <= {{ as_of_date() }} and valid_to > {{ as_of_date() }}
),

first_periods as (
    select * from periods
    qualify row_number() over (partition by subscription_id order by valid_from) = 1
),

dated as (
    select
        subscriptions.subscription_id,
        subscriptions.customer_id,
        subscriptions.record_key,
        subscriptions.source_name,
        subscriptions.product_name,
        subscriptions.product_sku,
        subscriptions.billing_cycle,
        subscriptions.renewal_date,
        latest.start_date,
        latest.currency,
        latest.subscription_status as latest_status,
        1 + coalesce(counted.change_count, 0) as version_count,
        case
            when latest.end_date is not null then latest.end_date
            when latest.subscription_status = 'cancelled' then cancellations.cancelled_on
        end as ends_on
    from subscriptions
    inner join latest on subscriptions.subscription_id = latest.subscription_id
    left join counted on subscriptions.subscription_id = counted.subscription_id
    left join cancellations on subscriptions.subscription_id = cancellations.subscription_id
)

select
    -- ids
    dated.subscription_id,
    dated.customer_id,
    dated.record_key,
    dated.source_name,

    -- what it is
    dated.product_name,
    dated.product_sku,
    case
        when dated.start_date > {{ as_of_date() }} then 'future'
        when dated.latest_status = 'cancelled' then 'cancelled'
        when dated.ends_on <= {{ as_of_date() }} and present_periods.mrr is null then 'ended'
        else dated.latest_status
    end as subscription_status,
    dated.billing_cycle,

    -- when
    dated.start_date,
    dated.ends_on as end_date,
    dated.renewal_date,
    cast(
        case
            when dated.latest_status <> 'cancelled'
                and dated.renewal_date >= {{ as_of_date() }}
                and coalesce(dated.ends_on > {{ as_of_date() }}, true)
                then {{ dbt.datediff(as_of_date(), 'dated.renewal_date', 'day') }}
        end as bigint
    ) as days_to_renewal,

    -- how much
    coalesce(present_periods.currency, dated.currency) as currency,
    cast(coalesce(present_periods.mrr, 0) as numeric(18, 4)) as mrr,
    cast(coalesce(present_periods.mrr_reporting, 0) as numeric(28, 4)) as mrr_reporting,
    cast(12 * coalesce(present_periods.mrr_reporting, 0) as numeric(28, 4)) as arr_reporting,
    first_periods.mrr_reporting as first_mrr_reporting,
    cast(dated.version_count as bigint) as version_count
from dated
left join present_periods on dated.subscription_id = present_periods.subscription_id
left join first_periods on dated.subscription_id = first_periods.subscription_id

-- One row per subscription and period in which its monthly recurring revenue (MRR) stays the same,
-- from valid_from until before valid_to; none for the time in which it has no MRR. The dates are
-- those of its latest version, the amounts those of each version from the day of its change; the
-- first one's from the start. A trial or suspended contract has none; one cancelled for the end of
-- its term goes on until then, and one cancelled without an end ends on the day that was made.
with

subscriptions as (
    select * from {{ ref('int_customer_facts__subscriptions') }}
),

versions as (
    select * from {{ ref('int_customer_facts__subscription_versions') }}
),

exchange_rates as (
    select * from {{ ref('int_exchange_rates') }}
),

latest as (
    select
        versions.subscription_id,
        subscriptions.customer_id,
        versions.start_date,
        versions.end_date
    from versions
    inner join subscriptions on versions.subscription_id = subscriptions.subscription_id
    qualify row_number() over (
            partition by versions.subscription_id order by versions.changed_on desc
        ) = 1
),

dated as (
    select
        versions.subscription_id,
        versions.changed_on,
        versions.subscription_status,
        versions.currency,
        versions.mrr,
        latest.customer_id,
        latest.start_date,
        latest.end_date,
        max(
            case when versions.subscription_status <> 'cancelled' then versions.changed_on end
        ) over (partition by versions.subscription_id) as last_held_on
    from versions
    inner join latest on versions.subscription_id = latest.subscription_id
),

stated as (
    select
        *,
        case
            when subscription_status = 'active' then mrr
            when subscription_status in ('trial', 'suspended') then 0
            -- cancelled without an end, or taken back later
            when end_date is null or changed_on < last_held_on then 0
        end as stated_mrr
    from dated
),

-- a version that states nothing, cancelled for the end of its term, goes on as the one before
counted as (
    select
        *,
        count(stated_mrr) over (
            partition by subscription_id
            order by changed_on
            rows between unbounded preceding and current row
        ) as statement_number
    from stated
),

amounts as (
    select
        *,
        coalesce(
            max(stated_mrr) over (partition by subscription_id, statement_number),
            first_value(mrr) over (partition by subscription_id order by changed_on)
        ) as period_mrr,
        coalesce(
            max(case when stated_mrr is not null then currency end) over (
                partition by subscription_id, statement_number
            ),
            first_value(currency) over (partition by subscription_id order by changed_on)
        ) as period_currency
    from counted
),

compared as (
    select
        *,
        lag(period_mrr) over (partition by subscription_id order by changed_on) as former_mrr,
        lag(period_currency) over (partition by subscription_id order by changed_on)
            as former_currency
    from amounts
),

changes as (
    select
        *,
        lead(changed_on) over (partition by subscription_id order by changed_on) as next_changed_on,
        lead(subscription_status) over (partition by subscription_id order by changed_on)
            as next_status
    from compared
    where former_mrr is null or period_mrr <> former_mrr or period_currency <> former_currency
),

periods as (
    select
        subscription_id,
        customer_id,
        start_date,
        period_currency as currency,
        period_mrr as mrr,
        case when former_mrr is null then start_date else greatest(changed_on, start_date) end
            as valid_from,
        least(
            coalesce(next_changed_on, {{ end_of_time() }}), coalesce(end_date, {{ end_of_time() }})
        ) as valid_to,
        coalesce(next_status, 'cancelled') = 'cancelled'
        or coalesce(end_date <= next_changed_on, false) as is_last
    from changes
),

held as (
    select * from periods
    where mrr > 0 and valid_from < valid_to
),

-- from the end of one to the start of the customer's next one, a few days later, the first goes on
continued as (
    select
        held.subscription_id,
        held.valid_to,
        min(latest.start_date) as next_start_date
    from held
    inner join latest on held.customer_id = latest.customer_id
    where held.is_last
        and held.subscription_id <> latest.subscription_id
        and held.valid_to < latest.start_date
        and latest.start_date <= {{ dbt.dateadd('day', var('mrr_gap_days'), 'held.valid_to') }}
    group by 1, 2
)

select
    -- ids
    held.subscription_id,
    held.customer_id,

    -- when
    held.valid_from,
    cast(coalesce(continued.next_start_date, held.valid_to) as date) as valid_to,
    held.start_date,
    case when held.is_last and held.valid_to < {{ end_of_time() }} then held.valid_to end
        as ended_on,

    -- how much
    held.currency,
    held.mrr,
    {{ in_reporting_currency('held.mrr', 'exchange_rates.reporting_rate') }} as mrr_reporting
from held
left join continued
    on held.subscription_id = continued.subscription_id
        and held.valid_to = continued.valid_to
left join exchange_rates
    on {{ exchange_rate_on('held.currency', 'held.start_date') }}

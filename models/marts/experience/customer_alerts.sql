-- One row per alert: an episode in which a customer met a rule of seed alert_rules. It opens on the
-- first evaluated day with the condition and ends on the evaluated day that is the
-- resolves_after_days-th in a row without. A day that nobody evaluated neither opens nor ends one.
with

alert_days as (
    select
        *,
        case severity when 'Critical' then 1 when 'High' then 2 when 'Medium' then 3 else 4 end
            as severity_rank
    from {{ ref('int_alert_days') }}
    where alert_date <= {{ as_of_date() }}
),

customers as (
    select * from {{ ref('customers') }}
),

customer_aliases as (
    select * from {{ ref('customer_aliases') }}
),

-- of a customer that is another now it is the other's, unless that has one of its own
alert_decisions as (
    select
        decisions.alert_type,
        coalesce(customer_aliases.customer_id, decisions.customer_id) as customer_id,
        decisions.decision
    from {{ ref('alert_decisions') }} as decisions
    left join customer_aliases
        on decisions.customer_id = customer_aliases.former_customer_id
    where coalesce(decisions.until_date >= {{ as_of_date() }}, true)
    qualify row_number() over (
            partition by
                decisions.alert_type, coalesce(customer_aliases.customer_id, decisions.customer_id)
            order by customer_aliases.customer_id nulls first, decisions.customer_id
        ) = 1
),

evaluated_days as (
    select
        alert_date,
        row_number() over (order by alert_date) as place
    from alert_days
    where customer_id is null
    group by 1
),

rules as (
    select * from alert_days
    where customer_id is null
),

met as (
    select
        alert_days.*,
        evaluated_days.place
    from alert_days
    inner join evaluated_days on alert_days.alert_date = evaluated_days.alert_date
    where alert_days.customer_id is not null
),

severest as (
    select * from met
    qualify row_number() over (
            partition by customer_id, alert_type, alert_date order by severity_rank
        ) = 1
),

compared as (
    select
        *,
        lag(place + resolves_after_days) over (
            partition by customer_id, alert_type order by place
        ) as former_ends_at
    from severest
),

numbered as (
    select
        *,
        sum(case when place <= former_ends_at then 0 else 1 end) over (
            partition by customer_id, alert_type
            order by place
            rows between unbounded preceding and current row
        ) as episode
    from compared
),

episodes as (
    select
        *,
        min(alert_date) over (partition by customer_id, alert_type, episode) as opened_on,
        first_value(severity) over (
            partition by customer_id, alert_type, episode order by place
        ) as opened_severity,
        first_value(metric_value) over (
            partition by customer_id, alert_type, episode order by place
        ) as opened_value,
        first_value(alert_rule) over (
            partition by customer_id, alert_type, episode order by place
        ) as opened_rule,
        min(case when severity = 'Critical' then alert_date end) over (
            partition by customer_id, alert_type, episode
        ) as critical_on
    from numbered
    qualify row_number() over (
            partition by customer_id, alert_type, episode order by place desc
        ) = 1
),

ended as (
    select
        episodes.*,
        evaluated_days.alert_date as resolved_on
    from episodes
    left join evaluated_days
        on episodes.place + episodes.resolves_after_days = evaluated_days.place
),

-- those of which a rule that was met is still the same on the day on which they end
ended_under_their_rule as (
    select
        ended.customer_id,
        ended.alert_type,
        ended.episode
    from ended
    inner join met
        on ended.customer_id = met.customer_id
            and ended.alert_type = met.alert_type
            and ended.alert_date = met.alert_date
    inner join rules
        on met.alert_type = rules.alert_type
            and met.severity = rules.severity
            and met.alert_rule = rules.alert_rule
            and ended.resolved_on = rules.alert_date
    group by 1, 2, 3
)

select
    -- ids
    {{ dbt.hash(
        "ended.customer_id || '|' || ended.alert_type || '|' || cast(ended.opened_on as "
        ~ dbt.type_string() ~ ")"
    ) }} as alert_id,
    ended.customer_id,

    -- what it is
    ended.alert_type,
    ended.severity,
    case when ended.resolved_on is null then 'open' else 'resolved' end as status,

    -- when
    ended.opened_on,
    ended.critical_on,
    ended.alert_date as last_seen_on,
    ended.resolved_on,
    case
        when ended.resolved_on is null then null
        when customer_aliases.customer_id is not null then 'customer_merged'
        when ended_under_their_rule.customer_id is null then 'rule_changed'
        else 'ended'
    end as resolved_reason,
    cast(
        {{ dbt.datediff(
            'ended.opened_on', 'coalesce(ended.resolved_on, ' ~ as_of_date() ~ ')', 'day'
        ) }} as bigint
    ) as days_open,

    -- why
    ended.metric,
    ended.metric_value,
    ended.threshold,
    ended.metric || ' is ' || {{ number_as_text('ended.metric_value') }}
    || ', alert at ' || ended.alert_rule as message,

    -- as it opened
    ended.opened_severity,
    ended.metric || ' is ' || {{ number_as_text('ended.opened_value') }}
    || ', alert at ' || ended.opened_rule as opened_message,

    -- what was decided
    case when ended.resolved_on is null then alert_decisions.decision end as decision,
    customers.account_owner as assigned_to,

    {{ as_of_date() }} as as_of_date
from ended
left join customers on ended.customer_id = customers.customer_id
left join customer_aliases
    on ended.customer_id = customer_aliases.former_customer_id
left join alert_decisions
    on ended.customer_id = alert_decisions.customer_id
        and ended.alert_type = alert_decisions.alert_type
left join ended_under_their_rule
    on ended.customer_id = ended_under_their_rule.customer_id
        and ended.alert_type = ended_under_their_rule.alert_type
        and ended.episode = ended_under_their_rule.episode

-- Rules of one type end alike; those of one metric are compared alike, and a severer one holds for
-- fewer. (Returns the rules that are otherwise.)
with

ranked as (
    select
        *,
        case severity when 'Critical' then 1 when 'High' then 2 when 'Medium' then 3 else 4 end
            as severity_rank
    from {{ ref('alert_rules') }}
),

compared as (
    select
        *,
        lag(operator) over (partition by alert_type, metric order by severity_rank)
            as severer_operator,
        lag(threshold) over (partition by alert_type, metric order by severity_rank)
            as severer_threshold,
        min(resolves_after_days) over (partition by alert_type) as least_resolves_after_days
    from ranked
)

select
    alert_type,
    severity,
    metric,
    operator,
    threshold,
    resolves_after_days
from compared
where resolves_after_days <> least_resolves_after_days
    or operator <> severer_operator
    or (operator = '>=' and threshold > severer_threshold)
    or (operator = '<=' and threshold < severer_threshold)

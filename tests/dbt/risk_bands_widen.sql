-- Each level of risk holds all that a worse one does, so that a worse score never gives a better
-- level. (Returns the levels that do not.)
with

compared as (
    select
        *,
        lag(nps_at_most) over (order by severity) as worse_nps_at_most,
        lag(csat_at_most) over (order by severity) as worse_csat_at_most,
        lag(ces_effort_at_least) over (order by severity) as worse_ces_effort_at_least
    from {{ ref('risk_bands') }}
)

select * from compared
where nps_at_most < worse_nps_at_most
    or csat_at_most < worse_csat_at_most
    or ces_effort_at_least > worse_ces_effort_at_least

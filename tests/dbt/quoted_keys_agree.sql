-- A system that quotes a customer number of its own counting: of the numbers that it shares with
-- others less than half stand beside an email that others have beside them, too.
{{ config(severity='warn') }}
with

runs as (
    select * from {{ ref('identity_quality') }}
),

last_run as (
    select *
    from runs
    qualify row_number() over (order by run_at desc) = 1
)

select
    'Customers that ' || least_agreeing_key || ' names are seldom those whom others know by this '
    || 'number: in ' || cast(round(100 * least_key_agreement) as {{ dbt.type_string() }})
    || ' % they have an email in common. If it counts customers apart, give it a row of the seed '
    || 'identifier_namespaces.' as message,
    least_agreeing_key,
    least_key_agreement
from last_run
where least_key_agreement < 0.5

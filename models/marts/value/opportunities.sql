-- One row per sales opportunity created up to the as-of date. The source keeps its present state
-- only, so on an earlier as-of date one that closed later is open.
with

opportunities as (
    select
        *,
        coalesce(is_closed, false) and coalesce(close_date <= {{ as_of_date() }}, true)
            as has_closed
    from {{ ref('int_customer_facts__opportunities') }}
)

select
    -- ids
    opportunity_id,
    customer_id,
    record_key,
    source_name,

    -- what it is
    opportunity_name,
    stage_name,
    not has_closed as is_open,
    coalesce(has_closed and is_won, false) as is_won,

    -- when
    created_at,
    close_date,
    cast(
        case
            when has_closed and close_date < cast(created_at as date) then 0
            when has_closed then {{ dbt.datediff('created_at', 'close_date', 'day') }}
            else {{ dbt.datediff('created_at', as_of_date(), 'day') }}
        end as bigint
    ) as days_open,

    -- amounts
    currency,
    amount,
    amount_reporting,

    {{ as_of_date() }} as as_of_date
from opportunities

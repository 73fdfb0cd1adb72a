-- One row per subscription and day on which its row was made or changed: what it said at the end of
-- it.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

-- a version that a later one took the place of counts as a duplicate
versions as (
    select
        *,
        coalesce(
            {{ time_of_change('last_modified_date') }},
            last_modified_date,
            cast(start_date as {{ dbt.type_timestamp() }})
        ) as changed_at
    from {{ ref('base_oracle_brm__subscription') }}
    where judgement in ('accepted', 'duplicate')
)

select
    {{ record_key('oracle_brm', 'subscription_id') }} as subscription_id,
    {{ record_key('oracle_brm', 'customer_id') }} as record_key,
    'oracle_brm' as source_name,
    cast(changed_at as date) as changed_on,
    lower(status) as subscription_status,
    start_date,
    end_date,
    {{ normalise_currency('currency') }} as currency,
    mrr
from versions
qualify row_number() over (
        partition by subscription_id, cast(changed_at as date)
        order by changed_at desc, loaded_at desc nulls last, length(row_version_id), row_version_id
    ) = 1

-- Subscriptions without recurring revenue since nobody knows when they had any: first seen
-- cancelled without an end, or first seen suspended.
{{ config(severity='warn') }}
with

versions as (
    select
        *,
        row_number() over (partition by subscription_id order by changed_on) as version_number
    from {{ ref('int_customer_facts__subscription_versions') }}
)

select
    versions.subscription_id,
    versions.source_name,
    versions.subscription_status,
    versions.changed_on
from versions
inner join {{ ref('int_customer_facts__subscriptions') }} as subscriptions
    on versions.subscription_id = subscriptions.subscription_id
where versions.version_number = 1
    and (
        versions.subscription_status = 'suspended'
        or (versions.subscription_status = 'cancelled' and subscriptions.end_date is null)
    )

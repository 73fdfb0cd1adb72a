-- One row per subscription that began, or was known to begin, up to the as-of date, and how it
-- stands.
with

subscriptions as (
    select * from {{ ref('int_value__subscriptions') }}
)

select
    *,
    {{ as_of_date() }} as as_of_date
from subscriptions

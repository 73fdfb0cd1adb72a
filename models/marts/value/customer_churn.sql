-- One row per customer that may leave: one with a contract, or one that bought or was billed and
-- whose last paid contract, if there was one, did not end after the last purchase. The target is
-- always the same: no purchase within var churn_horizon_days of the as-of date.
with

churn as (
    select * from {{ ref('int_value__churn') }}
)

select
    *,
    {{ as_of_date() }} as as_of_date
from churn

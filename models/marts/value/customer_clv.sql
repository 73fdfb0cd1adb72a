-- One row per customer that bought or was billed up to the as-of date: what it has been worth, what
-- a simple rule makes of that, and what the fitted models expect.
with

clv as (
    select * from {{ ref('int_value__clv') }}
)

select
    *,
    {{ as_of_date() }} as as_of_date
from clv

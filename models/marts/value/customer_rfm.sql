-- One row per customer with a purchase: how recently, how often and how much they bought.
with

rfm as (
    select * from {{ ref('int_value__rfm') }}
)

select
    *,
    {{ as_of_date() }} as as_of_date
from rfm

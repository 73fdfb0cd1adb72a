-- Every currency has a rate from 1900 on, and the reporting currency is one of them.
select
    currency,
    min(valid_from) as first_valid_from
from {{ ref('exchange_rates') }}
group by 1
having min(valid_from) > cast('1900-01-01' as date)

union all

select
    '{{ var("reporting_currency") }}' as currency,
    null as first_valid_from
from {{ ref('exchange_rates') }}
having sum(case when currency = '{{ var("reporting_currency") }}' then 1 else 0 end) = 0

-- One row per number of repeat purchase days and age of a customer: the purchase days to expect of
-- one who has not left, in 3, 12 and 24 months of 91.25 days a quarter, as they are and discounted.
--
-- E[in h days | has not left] is the mean of (1 − (1 + p s)^−(r+x)) / p over p ~ Beta(a, b+x), with
-- s = h / (alpha + age). With p = 1/(1 + e^−u) the mean is a sum over evenly spaced u (trapezoid
-- rule, which for such a function loses no more than rounding does), its weights divided by their
-- own sum so that no Beta function is needed. The error is below 1e-8 (docs/lifetime-value.md).
--
-- Nodes that cannot be felt are left out. With g(p) the function above, g falls and p g(p) grows
-- with p, so that g at any node is at most 1/p times g at the heaviest. Where the weight, of which
-- the heaviest has 1, is at most 1e-18 p, the node's term is at most 1e-18 of the heaviest one's,
-- for every fit, age and horizon; those of all such nodes together are below 3e-16 of the sum.
{% set half_of_nodes = 133 %}
with

fit as (
    select * from {{ ref('int_value__usable_fit') }}
    where r is not null
),

customers as (
    select
        repeat_purchase_day_count as x,
        age_days
    from {{ ref('int_value__purchase_summary') }}
    group by 1, 2
),

numbers as (
    {{ dbt.generate_series(2 * half_of_nodes + 1) }}
),

quarters as (
    select generated_number as quarter
    from numbers
    where generated_number <= 8
),

-- nodes 0.3 apart around 0; closer, around the peak of the weights, where that is a narrow one
grids as (
    select
        customers.x,
        fit.a,
        fit.b + customers.x as b_of_x,
        least(0.3e0, 0.5e0 * sqrt(1e0 / fit.a + 1e0 / (fit.b + customers.x))) as distance
    from (
        select x from customers
        group by 1
    ) as customers
    cross join fit
),

nodes as (
    select
        grids.*,
        numbers.generated_number - {{ half_of_nodes + 1 }} as place,
        (numbers.generated_number - {{ half_of_nodes + 1 }}) * grids.distance
        + case when grids.distance < 0.3e0 then ln(grids.a / grids.b_of_x) else 0e0 end as u
    from grids
    cross join numbers
),

logarithms as (
    select
        x,
        1e0 / (1e0 + exp(-u)) as p,
        -a * ln(1e0 + exp(-u)) - b_of_x * ln(1e0 + exp(u)) as log_weight,
        -- what lies beyond the last node on each side is a geometric series
        case place
            when {{ -half_of_nodes }} then 1e0 / (1e0 - exp(-a * distance))
            when {{ half_of_nodes }} then 1e0 / (1e0 - exp(-b_of_x * distance))
            else 1e0
        end as tail
    from nodes
),

peaks as (
    select
        *,
        tail * exp(log_weight - max(log_weight) over (partition by x)) as weight
    from logarithms
),

weights as (
    select
        x,
        p,
        weight / {{ exact_sum('weight', window='over (partition by x)') }} as weight
    from peaks
    where weight > 1e-18 * p
),

horizons as (
    select
        customers.x,
        customers.age_days,
        quarters.quarter,
        fit.r + customers.x as r_of_x,
        91.25e0 * quarters.quarter / (fit.alpha + customers.age_days) as s
    from customers
    cross join quarters
    cross join fit
),

products as (
    select
        horizons.x,
        horizons.age_days,
        horizons.quarter,
        horizons.r_of_x,
        horizons.s,
        weights.p,
        weights.p * horizons.s as ps,
        weights.weight
    from horizons
    inner join weights on horizons.x = weights.x
),

parts as (
    select
        x,
        age_days,
        quarter,
        weight * case
            -- a product too small for 1 − (1 + p s)^…: three terms of its series
            when (r_of_x + 1) * ps < 1e-4
                then r_of_x * s
                    * (1 - (r_of_x + 1) * ps / 2 + (r_of_x + 1) * (r_of_x + 2) * ps * ps / 6)
            else (1 - exp(-r_of_x * ln(1 + ps))) / p
        end as part
    from products
),

expected as (
    select
        x,
        age_days,
        quarter,
        {{ exact_sum('part') }} as orders
    from parts
    group by 1, 2, 3
),

by_quarter as (
    select
        *,
        (orders - lag(orders, 1, 0e0) over (partition by x, age_days order by quarter))
        * power(1e0 + {{ var('clv_discount_rate') }}, -(quarter - 0.5e0) / 4) as discounted_orders
    from expected
)

select
    x,
    age_days,
    max(case when quarter = 1 then orders end) as orders_3m,
    max(case when quarter = 4 then orders end) as orders_12m,
    max(case when quarter = 8 then orders end) as orders_24m,
    {{ exact_sum('case when quarter = 1 then discounted_orders else 0e0 end') }}
        as discounted_orders_3m,
    {{ exact_sum('case when quarter <= 4 then discounted_orders else 0e0 end') }}
        as discounted_orders_12m,
    {{ exact_sum('discounted_orders') }} as discounted_orders_24m
from by_quarter
group by 1, 2

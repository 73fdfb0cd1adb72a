-- One row per customer that used a metered product in the 30 days before the last 30: how much more
-- it used since, from -1 (nothing any more) to 1 (twice as much, or more): the mean of its products
-- and their units, which are never added up.
with

usage as (
    select
        customer_id,
        product_sku,
        coalesce(unit, 'unknown') as usage_unit,
        quantity,
        {{ within_window('usage_date', 30) }} as is_recent
    from {{ ref('int_customer_facts__usage') }}
    where customer_id is not null and {{ within_window('usage_date', 60) }}
),

products as (
    select
        customer_id,
        product_sku,
        usage_unit,
        sum(case when is_recent then quantity else 0 end) as recent_quantity,
        sum(case when is_recent then 0 else quantity end) as former_quantity
    from usage
    group by 1, 2, 3
),

changes as (
    select
        customer_id,
        cast(
            greatest(-1, least(1, (recent_quantity - former_quantity) / former_quantity))
            as numeric(18, 6)
        ) as usage_change
    from products
    where former_quantity > 0
)

select
    customer_id,
    {{ mean_of('usage_change', 6) }} as usage_change
from changes
group by 1

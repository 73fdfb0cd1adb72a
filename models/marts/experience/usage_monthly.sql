-- One row per customer, product, unit and month from the first with metered usage to that of the
-- as-of date, none left out. Products and units are never added up.
with

usage as (
    select
        *,
        coalesce(unit, 'unknown') as usage_unit,
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start_date
    from {{ ref('int_customer_facts__usage') }}
    where customer_id is not null
),

months as (
    select * from {{ ref('int_value__months') }}
),

by_month as (
    select
        customer_id,
        product_sku,
        usage_unit,
        month_start_date,
        sum(quantity) as quantity,
        count(distinct usage_date) as active_day_count
    from usage
    group by 1, 2, 3, 4
),

products as (
    select
        customer_id,
        product_sku,
        usage_unit,
        min(month_start_date) as first_month
    from by_month
    group by 1, 2, 3
),

gap_free as (
    select
        products.customer_id,
        products.product_sku,
        products.usage_unit,
        months.month_start_date,
        months.is_whole_month,
        cast(coalesce(by_month.quantity, 0) as numeric(18, 4)) as quantity,
        coalesce(by_month.active_day_count, 0) as active_day_count
    from products
    inner join months on products.first_month <= months.month_start_date
    left join by_month
        on products.customer_id = by_month.customer_id
            and products.product_sku = by_month.product_sku
            and products.usage_unit = by_month.usage_unit
            and months.month_start_date = by_month.month_start_date
),

compared as (
    select
        *,
        lag(quantity) over (
            partition by customer_id, product_sku, usage_unit order by month_start_date
        ) as former_quantity
    from gap_free
)

select
    -- ids
    customer_id,
    product_sku as sku,
    usage_unit as unit,
    month_start_date,

    -- measures
    quantity,
    cast(active_day_count as bigint) as active_day_count,
    case
        when is_whole_month and former_quantity > 0
            then round(
                    100 * (cast(quantity as double) - cast(former_quantity as double))
                    / cast(former_quantity as double),
                    6
                )
    end as usage_growth_pct,

    is_whole_month
from compared

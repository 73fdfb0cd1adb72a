-- All months together have the usage of customers, and no month of a product is left out.
with

months as (
    select * from {{ ref('usage_monthly') }}
),

usage as (
    select * from {{ ref('int_customer_facts__usage') }}
    where customer_id is not null
),

totals as (
    select
        'all' as what,
        (select coalesce(sum(quantity), 0) from months) as of_months,
        (select coalesce(sum(quantity), 0) from usage) as of_facts
),

lives as (
    select
        customer_id || '|' || sku || '|' || unit as what,
        count(*) as of_months,
        {{ dbt.datediff('min(month_start_date)', as_of_date(), 'month') }} + 1 as of_facts
    from months
    group by 1
)

select * from totals
where of_months <> of_facts

union all

select * from lives
where of_months <> of_facts

-- One row per month (UTC) from the first with an order, a billing transaction, a subscription or
-- metered usage to that of the as-of date.
{% set as_of_month = dbt.date_trunc('month', as_of_date()) %}
with

revenue_lines as (
    select * from {{ ref('int_value__revenue_lines') }}
),

subscription_periods as (
    select * from {{ ref('int_value__subscription_periods') }}
),

usage as (
    select * from {{ ref('int_customer_facts__usage') }}
),

first_days as (
    select min(revenue_date) as first_date
    from revenue_lines

    union all

    select min(valid_from) as first_date
    from subscription_periods

    union all

    select min(usage_date) as first_date
    from usage
),

beginning as (
    select min(first_date) as first_date
    from first_days
),

months as (
    select
        cast(
            {{ dbt.dateadd('month', '1 - numbers.generated_number', as_of_month) }}
            as date
        ) as month_start_date
    from ({{ dbt.generate_series(1200) }}) as numbers
)

select
    months.month_start_date,
    least({{ dbt.last_day('months.month_start_date', 'month') }}, {{ as_of_date() }})
        as closing_date,
    {{ dbt.last_day('months.month_start_date', 'month') }} <= {{ as_of_date() }} as is_whole_month
from months
cross join beginning
where months.month_start_date >= {{ dbt.date_trunc('month', 'beginning.first_date') }}

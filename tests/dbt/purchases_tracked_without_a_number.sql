-- Purchases that were tracked without an order number: an empty one, or a word for nothing. They
-- stay events and are no orders, since nobody can tell which of them an order system has.
{{ config(severity='warn') }}
with

purchases as (
    select * from {{ ref('int_customer_facts__events') }}
    where event_type = 'purchase'
        and revenue_reporting is not null
        and {{ normalise_order_number('online_order_id') }} is null
),

counted as (
    select
        source_name,
        count(*) as purchase_count,
        sum(revenue_reporting) as amount,
        min(event_id) as example
    from purchases
    group by 1
)

select
    'Without an order number ' || source_name || ' tracked '
    || cast(purchase_count as {{ dbt.type_string() }}) || ' purchases of '
    || {{ money_text('amount', "'" ~ reporting_currency() ~ "'") }}
    || ', which are no orders: event ' || example
    || ' is one. Let the shop send the number of each.' as message,
    source_name,
    purchase_count,
    amount,
    example
from counted

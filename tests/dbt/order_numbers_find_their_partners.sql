-- Systems of whose order numbers less than half of those that could be known to the other side, to
-- web tracking or to the order systems, are known to it. Where tracking sees few purchases, few
-- numbers can be: as many as both sides have that the other lacks.
{{ config(severity='warn') }}
with

orders as (
    select * from {{ ref('int_orders') }}
    where not is_tracked_only and order_type = 'purchase' and order_number is not null
),

tracked as (
    select
        source_name,
        online_order_id,
        {{ normalise_order_number('online_order_id') }} as order_number
    from {{ ref('int_events') }}
    where event_type = 'purchase' and revenue_reporting is not null
),

numbers as (
    select
        source_name,
        order_number,
        false as is_tracked,
        min(coalesce(online_order_id, source_order_id)) as number_as_written
    from orders
    group by 1, 2

    union all

    select
        source_name,
        order_number,
        true as is_tracked,
        min(online_order_id) as number_as_written
    from tracked
    where order_number is not null
    group by 1, 2
),

sides as (
    select
        is_tracked,
        order_number
    from numbers
    group by 1, 2
),

systems as (
    select
        numbers.source_name,
        numbers.is_tracked,
        count(*) as number_count,
        count(sides.order_number) as known_count,
        min(case when sides.order_number is null then numbers.number_as_written end) as example
    from numbers
    left join sides
        on numbers.order_number = sides.order_number and numbers.is_tracked <> sides.is_tracked
    group by 1, 2
),

other_sides as (
    select
        is_tracked,
        sum(number_count - known_count) as unknown_count,
        min(example) as example
    from systems
    group by 1
)

select
    systems.source_name || ' has ' || cast(systems.number_count as {{ dbt.type_string() }})
    || ' order numbers, of which '
    || case when systems.is_tracked then 'the order systems know ' else 'tracking saw ' end
    || cast(systems.known_count as {{ dbt.type_string() }})
    || ', so that purchases may count twice: it has ' || systems.example
    || ', the other side ' || other_sides.example
    || '. Let both write a purchase''s number alike.' as message,
    systems.source_name,
    systems.number_count,
    systems.known_count,
    systems.example,
    other_sides.example as example_of_the_other_side
from systems
inner join other_sides on systems.is_tracked <> other_sides.is_tracked
where 2 * systems.known_count
    < least(systems.number_count, systems.known_count + other_sides.unknown_count)

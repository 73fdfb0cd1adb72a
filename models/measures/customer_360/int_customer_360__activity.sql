-- One row per customer that did anything up to the as-of date, and when it last did: an order, a
-- visit or login, metered usage, a ticket, a survey answer. What was sent to it is none.
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
),

events as (
    select * from {{ ref('int_customer_facts__events') }}
),

usage as (
    select * from {{ ref('int_customer_facts__usage') }}
),

tickets as (
    select * from {{ ref('int_customer_facts__tickets') }}
),

survey_answers as (
    select * from {{ ref('int_experience__survey_answers') }}
),

activities as (
    select
        customer_id,
        max(order_date) as activity_date
    from orders
    group by 1

    union all

    select
        customer_id,
        cast(max(occurred_at) as date) as activity_date
    from events
    group by 1

    union all

    select
        customer_id,
        max(usage_date) as activity_date
    from usage
    group by 1

    union all

    select
        customer_id,
        cast(max(opened_at) as date) as activity_date
    from tickets
    group by 1

    union all

    select
        customer_id,
        max(response_date) as activity_date
    from survey_answers
    group by 1
)

select
    customer_id,
    max(activity_date) as last_activity_date
from activities
where customer_id is not null
group by 1

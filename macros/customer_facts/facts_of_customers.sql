{#
    The rows of a conformed entity that had happened by the end of the as-of date, each with the
    customer whose record it is of (null: nobody known).

    The date is part of the view: to see another one, build what reads it from the facts on
    (`--select int_customer_facts__orders+`).

    entity: its name; happened_at: its column, a timestamp or a date, that says when; ended_at: another
    one that the model compares with the as-of date; also: columns of other entities that it compares
    (name: [columns]). A night builds it when one of them has come.
#}
{% macro facts_of_customers(entity, happened_at, ended_at=none, also={}) -%}
{%- set due = {'int_' ~ entity: [happened_at, ended_at] | select | list} %}
{%- do due.update(also) %}
{%- do config(meta={'due': due}) %}
select
    facts.*,
    identity_map.customer_id
from {{ ref('int_' ~ entity) }} as facts
left join {{ ref('int_identity__map') }} as identity_map using (record_key)
where cast(facts.{{ happened_at }} as date) <= {{ as_of_date() }}
{%- endmacro %}

{#
    A count per customer: zero where an enabled source supplies the entity and has none of the
    customer's, null where nobody counts it.

    count: a SQL expression, null where the customer has none; entity: a conformed entity.
#}
{% macro zero_if_measured(count, entity) -%}
    cast({{ 'coalesce(' ~ count ~ ', 0)' if suppliers_of(entity) else 'null' }} as bigint)
{%- endmacro %}

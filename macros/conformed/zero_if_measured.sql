{#
    A count per customer: zero where an enabled source supplies the entity and has none of the
    customer's, null where nobody counts it.

    count: a SQL expression, null where the customer has none; entity: a conformed entity.
#}
{% macro zero_if_measured(count, entity) -%}
    {%- set suppliers = [] -%}
    {%- for source_name in var('sources') if entity in var('source_systems')[source_name].supplies -%}
        {%- do suppliers.append(source_name) -%}
    {%- endfor -%}
    cast({{ 'coalesce(' ~ count ~ ', 0)' if suppliers else 'null' }} as bigint)
{%- endmacro %}

{#
    One row per customer: an attribute group from its best record (a query for a CTE).

    attribute_group: of the seed source_priority; a source the seed does not name comes last.
    columns: what to take, all from the same row.
    relation: a CTE with customer_id, source_name, is_deleted, last_seen_at, node_id.
    condition: which rows have a say.
    frequency: a column that counts how often the value is seen, the last word but the node's age.
#}
{% macro best_of_group(attribute_group, columns, relation, condition, frequency=none) -%}
    select
        {{ relation }}.customer_id,
        {%- for column in columns %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    left join source_priority
        on {{ relation }}.source_name = source_priority.source_name
        and source_priority.attribute_group = '{{ attribute_group }}'
    where {{ condition }}
    qualify row_number() over (
        partition by {{ relation }}.customer_id
        order by
            {{ relation }}.is_deleted,
            source_priority.priority nulls last,
            {{ relation }}.last_seen_at desc nulls last,
            {%- if frequency %}
            {{ relation }}.{{ frequency }} desc nulls last,
            {%- endif %}
            {{ relation }}.node_id,
            {%- for column in columns %}
            {{ relation }}.{{ column }} nulls last{{ ',' if not loop.last }}
            {%- endfor %}
    ) = 1
{%- endmacro %}

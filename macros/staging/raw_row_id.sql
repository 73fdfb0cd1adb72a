{#
    A name for a raw row that need have no key: a hash of its table, its text and which of the equal
    rows it is. Wants source_name, table_name, raw_row and loaded_at in scope.
#}
{% macro raw_row_id() -%}
    {{ dbt.hash(
        "source_name || '|' || table_name || '|' || raw_row || '|' || cast(row_number() over ("
        ~ "partition by source_name, table_name, raw_row order by loaded_at nulls last) as "
        ~ dbt.type_string() ~ ")"
    ) }}
{%- endmacro %}

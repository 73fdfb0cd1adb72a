{#
    Build a table from a query and put it where the model's table is; the old one stays readable
    until the new one is there.

    existing_relation: what is there now, or none. target_relation: what shall be there.
    Engines: DuckDB drops the old table and makes the new one within one transaction; Snowflake and
    Databricks replace a table in one statement.
#}
{% macro replace_table(existing_relation, target_relation, select_sql) -%}
    {{ return(adapter.dispatch('replace_table')(existing_relation, target_relation, select_sql)) }}
{%- endmacro %}

{% macro default__replace_table(existing_relation, target_relation, select_sql) -%}
    {%- if existing_relation is not none and not existing_relation.is_table -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target_relation, select_sql) }}
    {%- endcall -%}
{%- endmacro %}

{% macro duckdb__replace_table(existing_relation, target_relation, select_sql) -%}
    {%- call statement('main') -%}
        {%- if existing_relation is not none %}
        drop {{ existing_relation.type }} {{ existing_relation }};
        {%- endif %}
        {{ create_table_as(False, target_relation, select_sql) }}
    {%- endcall -%}
{%- endmacro %}

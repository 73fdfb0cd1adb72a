{#
    Build a table from a query and put it where the model's table is; the old one stays readable
    until the new one is there.

    existing_relation: what is there now, or none. target_relation: what shall be there.
    Returns the old one's backup, to be dropped after the commit, or none.
    Engines: DuckDB builds beside the target and swaps the names, as dbt's table does; Snowflake and
    Databricks replace a table in one statement.
#}
{% macro replace_table(existing_relation, target_relation, select_sql) -%}
    {{ return(adapter.dispatch('replace_table')(existing_relation, target_relation, select_sql)) }}
{%- endmacro %}

{% macro default__replace_table(existing_relation, target_relation, select_sql) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, 'table' if existing_relation is none else existing_relation.type
    ) -%}
    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}

    {%- call statement('main') -%}
        {{ create_table_as(False, intermediate_relation, select_sql) }}
    {%- endcall -%}

    {%- if existing_relation is not none -%}
        {%- do adapter.rename_relation(existing_relation, backup_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}
    {{ return(none if existing_relation is none else backup_relation) }}
{%- endmacro %}

{% macro snowflake__replace_table(existing_relation, target_relation, select_sql) -%}
    {{ return(create_or_replace_table(existing_relation, target_relation, select_sql)) }}
{%- endmacro %}

{% macro databricks__replace_table(existing_relation, target_relation, select_sql) -%}
    {{ return(create_or_replace_table(existing_relation, target_relation, select_sql)) }}
{%- endmacro %}

{# For engines whose create_table_as says CREATE OR REPLACE; only what is no table goes first. #}
{% macro create_or_replace_table(existing_relation, target_relation, select_sql) -%}
    {%- if existing_relation is not none and not existing_relation.is_table -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ create_table_as(False, target_relation, select_sql) }}
    {%- endcall -%}
    {{ return(none) }}
{%- endmacro %}

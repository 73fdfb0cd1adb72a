{#
    Tables that a looping materialisation needs while it runs, and nobody else ever sees.

    They are made by a plain CREATE TABLE AS and not by create_table_as, which would put the
    model's contract, clustering and partitions on tables that have other columns.
    What differs by engine is where they live (DuckDB: the connection's temporary catalog, which a
    failed run cannot leave behind) and what kind of table they are.
#}

{# The relation of one scratch table of this model. #}
{% macro scratch_relation(name) -%}
    {{ return(adapter.dispatch('scratch_relation')(name)) }}
{%- endmacro %}

{% macro default__scratch_relation(name) -%}
    {{ return(this.incorporate(
        path={'identifier': this.identifier ~ '__scratch_' ~ name}, type='table'
    )) }}
{%- endmacro %}

{% macro duckdb__scratch_relation(name) -%}
    {%- set identifier = this.identifier ~ '__scratch_' ~ name -%}
    {{ return(api.Relation.create(
        database='temp', schema='main', identifier=identifier, type='table'
    )) }}
{%- endmacro %}

{# What stands between CREATE and the name. #}
{% macro scratch_table_kind() -%}
    {{ return(adapter.dispatch('scratch_table_kind')()) }}
{%- endmacro %}

{% macro default__scratch_table_kind() -%}
    {{ return('table') }}
{%- endmacro %}

{% macro duckdb__scratch_table_kind() -%}
    {{ return('temporary table') }}
{%- endmacro %}

{% macro snowflake__scratch_table_kind() -%}
    {{ return('transient table') }}
{%- endmacro %}

{# What stands behind the name: on Databricks var('scratch_table_format'), or else Delta. #}
{% macro scratch_table_format() -%}
    {{ return(adapter.dispatch('scratch_table_format')()) }}
{%- endmacro %}

{% macro default__scratch_table_format() -%}
    {{ return('') }}
{%- endmacro %}

{% macro databricks__scratch_table_format() -%}
    {{ return('using ' ~ var('scratch_table_format', 'delta')) }}
{%- endmacro %}

{# Make (or make anew) one scratch table from a query; returns its relation. #}
{% macro create_scratch_table(name, select_sql) -%}
    {%- set relation = scratch_relation(name) -%}
    {%- do drop_scratch_tables([name]) -%}
    {%- call statement('create_scratch_table') -%}
        create {{ scratch_table_kind() }} {{ relation }} {{ scratch_table_format() }} as
        {{ select_sql }}
    {%- endcall -%}
    {{ return(relation) }}
{%- endmacro %}

{# Drop the scratch tables with these names, as far as they exist. #}
{% macro drop_scratch_tables(names) -%}
    {%- for name in names -%}
        {%- call statement('drop_scratch_table') -%}
            drop table if exists {{ scratch_relation(name) }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{#
    Drop what a run that died left behind, where scratch tables are tables of the model's schema.
    Asks dbt's cache of relations, which costs no query.
#}
{% macro drop_leftover_scratch_tables(names) -%}
    {%- for name in names -%}
        {%- do drop_relation_if_exists(load_cached_relation(default__scratch_relation(name))) -%}
    {%- endfor -%}
{%- endmacro %}

{# Whether a run that died left this scratch table behind. #}
{% macro scratch_table_is_left(name) -%}
    {{ return(load_cached_relation(default__scratch_relation(name)) is not none) }}
{%- endmacro %}

{# The whole number that a query of one row and one column gives. #}
{% macro scalar(select_sql) -%}
    {{ return(run_query(select_sql).columns[0].values()[0] | int) }}
{%- endmacro %}

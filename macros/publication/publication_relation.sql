{#
    A table of a publication, or the publication itself where no table is named.

    Engines: a schema of its own on Snowflake and Databricks, a file of its own on DuckDB, attached
    as `publication` while it is written. Its tables are in the schema `main`, so that BI, to which
    the file's name is the database, reads `published.customers` as it does elsewhere.
#}
{% macro publication_relation(publication_id, table=none) %}
    {{ return(adapter.dispatch('publication_relation')(publication_id, table)) }}
{% endmacro %}

{% macro default__publication_relation(publication_id, table) %}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('published_' ~ publication_id, none) | trim,
        identifier=table,
    )) }}
{% endmacro %}

{% macro duckdb__publication_relation(publication_id, table) %}
    {{ return(api.Relation.create(database='publication', schema='main', identifier=table)) }}
{% endmacro %}


{# A table of what BI reads now, or its schema. On DuckDB: once attach_published() has attached it. #}
{% macro published_relation(table=none) %}
    {{ return(adapter.dispatch('published_relation')(table)) }}
{% endmacro %}

{% macro default__published_relation(table) %}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('published', none) | trim,
        identifier=table,
    )) }}
{% endmacro %}

{% macro duckdb__published_relation(table) %}
    {{ return(api.Relation.create(database='now_published', schema='main', identifier=table)) }}
{% endmacro %}

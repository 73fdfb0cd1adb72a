{#
    Lets BI see a publication in place of what it sees now.

    Engines: one step on DuckDB (a copy of the publication's file is renamed to published.duckdb)
    and on Snowflake (a schema of clones is swapped with `published`). Databricks has nothing of the
    kind: the views of `published` are replaced one after another, `publications` last, so whoever
    reads in these seconds may meet tables of two publications; what each of them holds is whole.
#}
{% macro turn_published(publication_id) %}
    {{ return(adapter.dispatch('turn_published')(publication_id)) }}
{% endmacro %}

{% macro duckdb__turn_published(publication_id) %}
    {% do handle_publication_file('turn', publication_id) %}
{% endmacro %}

{% macro snowflake__turn_published(publication_id) %}
    {% set published = published_relation().without_identifier() %}
    {% set next = publication_relation('next').without_identifier() %}
    {% do run_query('drop schema if exists ' ~ next ~ ' cascade') %}
    {% do run_query('create schema ' ~ next) %}
    {% for table in tables_of_publication(publication_id) %}
        {% do run_query(copy_table(
            publication_relation(publication_id, table), publication_relation('next', table)
        )) %}
    {% endfor %}
    {% do run_query('create schema if not exists ' ~ published) %}
    {% set role = var('bi_role', none) %}
    {% if role %}
        {% for schema in (published, next) %}
            {% do run_query('grant usage on schema ' ~ schema ~ ' to role ' ~ role) %}
        {% endfor %}
        {% do run_query('grant select on all tables in schema ' ~ next ~ ' to role ' ~ role) %}
    {% endif %}
    {% do run_query('alter schema ' ~ published ~ ' swap with ' ~ next) %}
    {% do run_query('drop schema ' ~ next) %}
    {# dbt remembers what it lists, and Snowflake lists names in capitals #}
    {% do adapter.cache_added(api.Relation.create(
        published.database | upper, published.schema | upper, 'PUBLICATIONS', type='table'
    )) %}
{% endmacro %}

{% macro databricks__turn_published(publication_id) %}
    {% set published = published_relation().without_identifier() %}
    {% do run_query('create schema if not exists ' ~ published) %}
    {% set role = var('bi_role', none) %}
    {% if role %}
        {% do run_query('grant use schema, select on schema ' ~ published ~ ' to ' ~ adapter.quote(role)) %}
    {% endif %}
    {% set tables = tables_of_publication(publication_id) %}
    {% set shown = run_query('show views in ' ~ published).columns['viewName'].values() %}
    {% for table in tables if table != 'publications' %}
        {% do run_query(show_table(publication_id, table, shown)) %}
    {% endfor %}
    {% for name in shown if name not in tables %}
        {% do run_query('drop view ' ~ published_relation(name)) %}
    {% endfor %}
    {% do run_query(show_table(publication_id, 'publications', shown)) %}
    {% do adapter.cache_added(published_relation('publications').incorporate(type='view')) %}
{% endmacro %}

{#
    The statement that lets the view of a table in `published` read a publication. A view that is shown
    is altered: Hive's catalogue replaces one by dropping it first, and who reads then finds none. It
    keeps its description; those of its columns are the table's.
#}
{% macro show_table(publication_id, table, shown) %}
    {% set described = namespace(comment='') %}
    {% for node in graph.nodes.values() if node.alias == table and node.config.meta.published %}
        {% set text = dbt.escape_single_quotes(node.description | trim) %}
        {% set described.comment = '' if table in shown else " comment '" ~ text ~ "'" %}
    {% endfor %}
    {{ return(
        ('alter' if table in shown else 'create') ~ ' view ' ~ published_relation(table)
        ~ described.comment ~ ' as select * from ' ~ publication_relation(publication_id, table)
    ) }}
{% endmacro %}

{# The tables of a publication that has a schema of its own. #}
{% macro tables_of_publication(publication_id) %}
    {% set row_counts = run_query(
        'select row_counts from ' ~ publication_relation(publication_id, 'publications')
        ~ ' where is_current'
    ).columns[0].values()[0] %}
    {{ return(fromjson(row_counts).keys() | list + ['publications']) }}
{% endmacro %}

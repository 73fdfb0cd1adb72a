{#
    Copies all published models into a new publication; the table `publications` comes last, so that a
    publication that has it is whole.

    published_at: now, in UTC. previous_publication_id: what it will take the place of, or none. run_id: as in publish().
    Engines: Snowflake and Databricks clone, which copies no data; DuckDB copies into a new file.
#}
{% macro write_publication(publication_id, published_at, previous_publication_id, run_id) %}
    {% set models = published_models() %}
    {% do open_publication(publication_id) %}
    {% set counts = [] %}
    {% set dates = ['select cast(null as date) as as_of_date'] %}
    {% for model in models %}
        {% set source = relation_of_node(model) %}
        {% set copy = publication_relation(publication_id, model.alias) %}
        {% do run_query(copy_table(source, copy)) %}
        {% do describe_copy(copy, model) %}
        {% do counts.append("select '" ~ model.alias ~ "' as table_name, count(*) as row_count from " ~ copy) %}
        {% if 'as_of_date' in model.columns %}
            {% do dates.append('select max(as_of_date) as as_of_date from ' ~ copy) %}
        {% endif %}
    {% endfor %}

    {% set row_counts = {} %}
    {% for row in run_query(counts | join(' union all ') ~ ' order by 1') %}
        {% do row_counts.update({row[0]: row[1] | int}) %}
    {% endfor %}
    {% do run_query(
        'create table ' ~ publication_relation(publication_id, 'publications') ~ ' as
        select
            publication_id, published_at, run_id, as_of_date, previous_publication_id, row_counts,
            false as is_current
        from ' ~ operations_relation('publications') ~ '
        union all
        select
            ' ~ text_literal(publication_id) ~ ',
            cast(' ~ text_literal(published_at.strftime('%Y-%m-%d %H:%M:%S.%f')) ~ ' as '
            ~ api.Column.translate_type('timestamp') ~ '),
            ' ~ text_literal(run_id or invocation_id) ~ ',
            coalesce(max(as_of_date), ' ~ as_of_date() ~ '),
            ' ~ text_literal(previous_publication_id) ~ ',
            ' ~ text_literal(tojson(row_counts)) ~ ',
            true
        from (' ~ dates | join(' union all ') ~ ') as dates'
    ) %}
    {% do close_publication(publication_id) %}
{% endmacro %}


{# Makes the place of a new publication. #}
{% macro open_publication(publication_id) %}
    {{ return(adapter.dispatch('open_publication')(publication_id)) }}
{% endmacro %}

{% macro default__open_publication(publication_id) %}
    {% do run_query('create schema ' ~ publication_relation(publication_id).without_identifier()) %}
{% endmacro %}

{#
    Outside the transaction that dbt began to look for tables: a file in one cannot be detached.
    In a storage format that BI tools with an older DuckDB than this one read, too: 1.4 and later.
#}
{% macro duckdb__open_publication(publication_id) %}
    {% do adapter.commit() %}
    {% do handle_publication_file('prepare', publication_id) %}
    {% do attach_file(
        publication_path(publication_id), 'publication', "storage_version 'v1.4.0'"
    ) %}
{% endmacro %}


{# Ends the writing of a publication. #}
{% macro close_publication(publication_id) %}
    {{ return(adapter.dispatch('close_publication')(publication_id)) }}
{% endmacro %}

{% macro default__close_publication(publication_id) %}
{% endmacro %}

{% macro duckdb__close_publication(publication_id) %}
    {% do run_query('detach publication') %}
{% endmacro %}


{#
    Gives the copy of a model's table the descriptions that the copying lost: none on Snowflake, whose
    clones have those of the table and of its columns; on Databricks they have those of columns.
#}
{% macro describe_copy(copy, model) %}
    {{ return(adapter.dispatch('describe_copy')(copy, model)) }}
{% endmacro %}

{% macro default__describe_copy(copy, model) %}
{% endmacro %}

{% macro duckdb__describe_copy(copy, model) %}
    {% do run_query(comments_on(copy, model.description, model.columns)) %}
{% endmacro %}

{% macro databricks__describe_copy(copy, model) %}
    {% do run_query(
        'comment on table ' ~ copy ~ " is '" ~ dbt.escape_single_quotes(model.description | trim) ~ "'"
    ) %}
{% endmacro %}


{# The statement that makes a table with the rows of another. #}
{% macro copy_table(source, copy) %}
    {{ return(adapter.dispatch('copy_table')(source, copy)) }}
{% endmacro %}

{% macro default__copy_table(source, copy) %}
    {{ return('create table ' ~ copy ~ ' as select * from ' ~ source) }}
{% endmacro %}

{# Transient: dbt makes such tables, and of them no others can be cloned. #}
{% macro snowflake__copy_table(source, copy) %}
    {{ return('create transient table ' ~ copy ~ ' clone ' ~ source) }}
{% endmacro %}

{% macro databricks__copy_table(source, copy) %}
    {{ return('create table ' ~ copy ~ ' shallow clone ' ~ source) }}
{% endmacro %}

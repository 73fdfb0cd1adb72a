{#
    Descriptions as comments of a table and its columns, where the config `persist_docs` wants them.

    Engines: on DuckDB all in one go, since dbt's own looks the columns up twice before; a contract
    says that they are there. dbt's adapters for Snowflake and Databricks have theirs.
#}
{% macro duckdb__persist_docs(relation, model, for_relation, for_columns) %}
    {% if config.persist_relation_docs() or config.persist_column_docs() %}
        {% do run_query(comments_on(
            relation,
            model.description if for_relation and config.persist_relation_docs() else '',
            model.columns if for_columns and config.persist_column_docs() else {},
        )) %}
    {% endif %}
{% endmacro %}


{# The statements that give a table of DuckDB and its columns (name -> column) their descriptions. #}
{% macro comments_on(relation, description, columns) -%}
    comment on {{ relation.type or 'table' }} {{ relation }} is '{{ dbt.escape_single_quotes(description | trim) }}';
    {%- for column in columns.values() %}
    comment on column {{ relation }}.{{ adapter.quote(column.name) }}
        is '{{ dbt.escape_single_quotes(column.description | trim) }}';
    {%- endfor %}
{%- endmacro %}

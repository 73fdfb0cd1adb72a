{#
    Raw rows hold whatever a source sent, people included, so BI sees no table that has a column
    `raw_row`.
#}

{# Whether raw_row is among names of columns, in any case. #}
{% macro is_raw_row_among(names) %}
    {{ return('raw_row' in names | map('lower')) }}
{% endmacro %}


{# Whether a table of the warehouse holds raw rows. #}
{% macro has_raw_rows(relation) %}
    {{ return(is_raw_row_among(
        adapter.get_columns_in_relation(relation) | map(attribute='name')
    )) }}
{% endmacro %}


{# The tables of a kept publication that hold raw rows: those of before BI was kept from them. #}
{% macro tables_with_raw_rows(publication_id) %}
    {{ return(adapter.dispatch('tables_with_raw_rows')(publication_id)) }}
{% endmacro %}

{% macro default__tables_with_raw_rows(publication_id) %}
    {% set tables = [] %}
    {% for table in tables_of_publication(publication_id) %}
        {% if has_raw_rows(publication_relation(publication_id, table)) %}
            {% do tables.append(table) %}
        {% endif %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{% macro duckdb__tables_with_raw_rows(publication_id) %}
    {% do attach_file(publication_path(publication_id), 'publication', 'read_only') %}
    {% set tables = run_query(
        "select table_name from duckdb_columns()
        where database_name = 'publication' and lower(column_name) = 'raw_row' order by 1"
    ).columns[0].values() | list %}
    {% do run_query('detach publication') %}
    {{ return(tables) }}
{% endmacro %}

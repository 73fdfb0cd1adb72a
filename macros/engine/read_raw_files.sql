{#
    Makes the raw tables of the enabled sources readable, before anything runs.

    Snowflake and Databricks: a loader has filled them, nothing to do.
    DuckDB: a view `raw_<source>.<table>` over the files of CUSTOMER_360_RAW_DIR (default data/raw),
    `<source>/<table>.parquet|csv|json` and what was appended beside it (`<table>.0002.parquet`).
    A real table of that name stands; a view whose files are gone is dropped.
    Returns the statements.
#}
{% macro read_raw_files() %}
    {{ return(adapter.dispatch('read_raw_files')()) }}
{% endmacro %}


{% macro default__read_raw_files() %}
    {{ return('') }}
{% endmacro %}


{% macro duckdb__read_raw_files() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set raw_dir = env_var('CUSTOMER_360_RAW_DIR', 'data/raw') %}
    {% set files = run_query(
        "select file from glob('" ~ raw_dir | replace("'", "''") ~ "/*/*.*') order by 1"
    ).columns[0].values() %}
    {% set existing = {} %}
    {% for row in run_query(
        "select lower(table_schema) || '.' || lower(table_name), table_type from information_schema.tables"
        ~ " where table_catalog = current_database()"
    ) %}
        {% do existing.update({row[0]: row[1]}) %}
    {% endfor %}

    {% set statements = [] %}
    {% for node in graph.sources.values() if node.package_name == project_name %}
        {% set relation = api.Relation.create(schema=node.schema, identifier=node.identifier) %}
        {% set type_now = existing.get((node.schema ~ '.' ~ node.identifier) | lower) %}
        {% set found = {} %}
        {% for file in files %}
            {% set path = (file | replace('\\', '/')).split('/') %}
            {% set parts = path[-1].split('.') %}
            {% if path[-2] == node.source_name and parts[0] == node.name %}
                {% do found.setdefault(parts[-1], []).append("'" ~ file | replace("'", "''") ~ "'") %}
            {% endif %}
        {% endfor %}
        {% set readers = [] %}
        {% for extension, paths in found.items() if extension in ('parquet', 'csv', 'json') %}
            {% do readers.append(duckdb_file_reader(extension, paths)) %}
        {% endfor %}
        {% if type_now == 'BASE TABLE' %}
            {# loaded into the database: nothing to read from files #}
        {% elif readers | length > 1 %}
            {% do exceptions.raise_compiler_error(
                'Files of more than one format for ' ~ node.source_name ~ '.' ~ node.name
                ~ ' under ' ~ raw_dir ~ ': ' ~ found.keys() | join(', ') ~ '. Keep one.'
            ) %}
        {% elif readers %}
            {% do statements.append('create schema if not exists ' ~ relation.without_identifier()) %}
            {% do statements.append(
                'create or replace view ' ~ relation ~ ' as select * from ' ~ readers[0]
            ) %}
        {% elif type_now == 'VIEW' %}
            {% do statements.append('drop view ' ~ relation) %}
        {% endif %}
    {% endfor %}
    {{ return(statements | join(';\n')) }}
{% endmacro %}


{# The table function that reads `paths` (quoted) as text wherever the format has no types of its own. #}
{% macro duckdb_file_reader(extension, paths) %}
    {% set list = '[' ~ paths | join(', ') ~ ']' %}
    {% if extension == 'parquet' %}
        {{ return('read_parquet(' ~ list ~ ', union_by_name = true)') }}
    {% elif extension == 'csv' %}
        {{ return('read_csv(' ~ list ~ ', all_varchar = true, header = true, union_by_name = true)') }}
    {% else %}
        {{ return('read_json(' ~ list ~ ", format = 'newline_delimited', union_by_name = true)") }}
    {% endif %}
{% endmacro %}

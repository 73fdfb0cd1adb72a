{#
    Makes the raw tables of the enabled sources readable, before anything runs.

    Snowflake and Databricks: a loader has filled them, nothing to do.
    DuckDB: a view `raw_<source>.<table>` over the files of CUSTOMER_360_RAW_DIR (default data/raw),
    `<source>/<table>.parquet|csv|json` and what was appended beside it (`<table>.0002.parquet`).
    A real table of that name stands, and within a run of Dagster's a view does, too: its gate has
    seen those files and no later ones. drop_raw_views() goes first, so that no view of earlier files
    outlives a file that is gone or cannot be read.
    Returns the statements.
#}
{% macro read_raw_files() %}
    {{ return(adapter.dispatch('read_raw_files')()) }}
{% endmacro %}


{% macro default__read_raw_files() %}
    {{ return('') }}
{% endmacro %}


{# Drops the views that read_raw_files() made. Returns the statements. #}
{% macro drop_raw_views() %}
    {{ return(adapter.dispatch('drop_raw_views')()) }}
{% endmacro %}


{% macro default__drop_raw_views() %}
    {{ return('') }}
{% endmacro %}


{% macro duckdb__drop_raw_views() %}
    {% if not execute or dagster_run_id() %}{{ return('') }}{% endif %}
    {% set existing = duckdb_relation_types() %}
    {% set statements = [] %}
    {% for node in graph.sources.values() if node.package_name == project_name %}
        {% if existing.get((node.schema ~ '.' ~ node.identifier) | lower) == 'VIEW' %}
            {% do statements.append(
                'drop view ' ~ api.Relation.create(schema=node.schema, identifier=node.identifier)
            ) %}
        {% endif %}
    {% endfor %}
    {{ return(statements | join(';\n')) }}
{% endmacro %}


{# `schema.name`, lower case, -> BASE TABLE or VIEW, of all that the warehouse holds. #}
{% macro duckdb_relation_types() %}
    {% set types = {} %}
    {% for row in run_query(
        "select lower(table_schema || '.' || table_name), table_type from information_schema.tables"
        ~ " where table_catalog = current_database()"
    ) %}
        {% do types.update({row[0]: row[1]}) %}
    {% endfor %}
    {{ return(types) }}
{% endmacro %}


{% macro duckdb__read_raw_files() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set raw_dir = env_var('CUSTOMER_360_RAW_DIR', 'data/raw') %}
    {% set files = run_query(
        "select file from glob('" ~ raw_dir | replace("'", "''") ~ "/*/*.*') order by 1"
    ).columns[0].values() %}
    {% set existing = duckdb_relation_types() %}

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
            {% do readers.append(duckdb_file_reader(extension, paths, node)) %}
        {% endfor %}
        {% if type_now == 'BASE TABLE' or (type_now == 'VIEW' and dagster_run_id()) %}
            {# loaded into the database, or seen by the gate: it stays as it is #}
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
        {% endif %}
    {% endfor %}
    {{ return(statements | join(';\n')) }}
{% endmacro %}


{#
    The table function that reads files as they are: text, wherever the format has no types of its
    own. JSON is read by the columns of the table's contract, since its keys may come and go.

    extension: parquet, csv or json; paths: quoted; node: the source table in the graph.
#}
{% macro duckdb_file_reader(extension, paths, node) %}
    {% set list = '[' ~ paths | join(', ') ~ ']' %}
    {% if extension == 'parquet' %}
        {{ return('read_parquet(' ~ list ~ ', union_by_name = true)') }}
    {% elif extension == 'csv' %}
        {{ return(
            'read_csv(' ~ list ~ ", all_varchar = true, header = true, union_by_name = true, delim = ',', "
            ~ "quote = '\"', escape = '\"', max_line_size = 16777216)"
        ) }}
    {% else %}
        {% set base_model = 'base_' ~ node.source_name ~ '__' ~ node.name %}
        {% set columns = graph.nodes['model.' ~ project_name ~ '.' ~ base_model].columns.keys() | list %}
        {% do columns.append(node.loaded_at_field or '_loaded_at') %}
        {{ return(
            'read_json(' ~ list ~ ", format = 'newline_delimited', maximum_object_size = 16777216, "
            ~ "columns = {'" ~ columns | join("': 'varchar', '") ~ "': 'varchar'})"
        ) }}
    {% endif %}
{% endmacro %}

{#
    Makes the raw tables of the enabled sources readable, before anything runs.

    Snowflake and Databricks: a loader has filled them, nothing to do.
    DuckDB: a view `raw_<source>.<table>` over the files of CUSTOMER_360_RAW_DIR (default data/raw),
    `<source>/<table>.parquet|csv|json` and what was appended beside it (`<table>.0002.parquet`).
    A real table of that name stands, and within a run of Dagster's a view does, too: its gate has
    seen those files and no later ones. Other views go first, so that none of earlier files outlives
    a file that is gone or cannot be read.
    Text whose rows this run will judge is read once to its end, so that a row that cannot be read is
    told with its file and line, and ends the run.
    All of that is done in here: where a statement that a hook returns fails, dbt goes on and fails
    once more for want of the table. Commands that build and test nothing (compile, docs generate) render
    hooks, too, in the midst of the models: for them the views stay as they are.
#}
{% macro read_raw_files() %}
    {% if flags.WHICH not in ('compile', 'generate', 'show') %}
        {{ return(adapter.dispatch('read_raw_files')()) }}
    {% endif %}
{% endmacro %}


{% macro default__read_raw_files() %}
    {{ return('') }}
{% endmacro %}


{% macro duckdb__read_raw_files() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set existing = duckdb_relation_types() %}
    {% set nodes = [] %}
    {% set drops = [] %}
    {% for node in raw_sources() %}
        {% set type_now = existing.get((node.schema ~ '.' ~ node.identifier) | lower) %}
        {# what was loaded into the database, or seen by the gate, stays as it is #}
        {% if type_now != 'BASE TABLE' and not (type_now == 'VIEW' and dagster_run_id()) %}
            {% do nodes.append(node) %}
            {% if type_now == 'VIEW' %}{% do drops.append('drop view ' ~ raw_relation(node)) %}{% endif %}
        {% endif %}
    {% endfor %}
    {% if drops %}{% do run_query(drops | join(';\n')) %}{% endif %}

    {% set files = duckdb_raw_files() %}
    {% set views = [] %}
    {% set checks = [] %}
    {% for node in nodes %}
        {% set found = files.get(node.source_name ~ '/' ~ node.name, {}) %}
        {% if found | length > 1 %}
            {% do exceptions.raise_compiler_error(
                'Files of more than one format for ' ~ node.source_name ~ '.' ~ node.name
                ~ ' under ' ~ raw_dir() ~ ': ' ~ found.keys() | join(', ') ~ '. Keep one.'
            ) %}
        {% elif found %}
            {% set extension, paths = (found.items() | list)[0] %}
            {% set rows = duckdb_rows_of_files(extension, paths, node) %}
            {% do views.append('create schema if not exists ' ~ raw_relation(node).without_identifier()) %}
            {% do views.append('create view ' ~ raw_relation(node) ~ ' as ' ~ rows) %}
            {% set base_model = 'model.' ~ project_name ~ '.base_' ~ node.source_name ~ '__' ~ node.name %}
            {% set is_text = extension != 'parquet' or 'decode(' in rows %}
            {% if is_text and base_model in selected_resources | default([]) %}
                {% do checks.append('select count(columns(*)) from ' ~ raw_relation(node)) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% if views %}{% do run_query(views | join(';\n')) %}{% endif %}
    {% for check in checks %}{% do run_query(check) %}{% endfor %}
    {{ return('') }}
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


{# The folder of the raw files. #}
{% macro raw_dir() %}{{ return(env_var('CUSTOMER_360_RAW_DIR', 'data/raw')) }}{% endmacro %}


{# The relation of a raw table in the graph. #}
{% macro raw_relation(node) %}
    {{ return(api.Relation.create(schema=node.schema, identifier=node.identifier)) }}
{% endmacro %}


{# The raw files there are: `<source>/<table>` -> format -> paths, in order. #}
{% macro duckdb_raw_files() %}
    {% set found = {} %}
    {% for file in run_query(
        "select file from glob(" ~ duckdb_text(raw_dir() ~ '/*/*.*') ~ ") order by 1"
    ).columns[0].values() %}
        {% set parts = (file | replace('\\', '/')).split('/') %}
        {% set name = parts[-1].split('.') %}
        {% if name[-1] in ('parquet', 'csv', 'json') %}
            {% do found.setdefault(parts[-2] ~ '/' ~ name[0], {}).setdefault(name[-1], []).append(file) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#
    Makes the raw tables of the enabled sources readable, before anything runs.

    Snowflake and Databricks: a loader has filled them, nothing to do.
    DuckDB: a view `raw_<source>.<table>` over the files of CUSTOMER_360_RAW_DIR (default data/raw);
    macros/raw_files/ says which are read, and how.
    A real table of that name stands, and within a run of Dagster's a view does, too: its gate has
    seen those files and no later ones. Other views go first, so that none of earlier files outlives
    a file that is gone or cannot be read.
    Text whose rows this run will judge is read once to its end, so that a row that cannot be read is
    told with its file and line, and ends the run. A file that is not read is told in a warning.
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

    {% set found = duckdb_described_files(nodes) %}
    {% set views = [] %}
    {% set checks = [] %}
    {% for node in nodes if node.source_name ~ '/' ~ node.name in found %}
        {% set files = found[node.source_name ~ '/' ~ node.name] %}
        {% set contract = contract_of(node) %}
        {% set columns = columns_of_files(node) %}
        {% set rows = rows_of_raw_files(files, columns) %}
        {% do views.append('create schema if not exists ' ~ raw_relation(node).without_identifier()) %}
        {% do views.append('create view ' ~ raw_relation(node) ~ ' as ' ~ rows) %}
        {% set is_text = files | rejectattr('format', 'equalto', 'parquet') | list or 'decode(' in rows %}
        {% if contract.unique_id in selected_resources | default([]) %}
            {# what a hook reads before a model does #}
            {% if is_text or contract.config.meta.loaded == 'whole' %}
                {% do try_parquet_files(files, to_their_end=true) %}
            {% endif %}
            {% if is_text %}{% do checks.append(bad_raw_rows(files, columns)) %}{% endif %}
        {% endif %}
    {% endfor %}
    {% if views %}{% do run_query(views | join(';\n')) %}{% endif %}
    {% set problems = [] %}
    {% for check in checks %}
        {% do problems.extend(duckdb_dicts(check)) %}
    {% endfor %}
    {% do refuse_raw_files(problems) %}
    {{ return('') }}
{% endmacro %}


{#
    The files of raw tables: `<source>/<table>` -> files, with what rows_of_raw_files() asks of each.
    Warns of files that are not read, and raises a compiler error where one cannot be.

    nodes: of the tables whose files are read.
#}
{% macro duckdb_described_files(nodes) %}
    {% set needed = {} %}
    {% for node in nodes %}
        {% do needed.update({node.source_name ~ '/' ~ node.name: needed_columns(node)}) %}
    {% endfor %}
    {% set known = [] %}
    {% for source_name, system in var('source_systems').items() %}
        {% for table_name in system.tables %}{% do known.append(source_name ~ '/' ~ table_name) %}{% endfor %}
    {% endfor %}
    {% set files = [] %}
    {% set left_out = [] %}
    {% for file in duckdb_dicts(find_raw_files(raw_dir(), known)) %}
        {% if file.problem %}
            {% do left_out.append(file) %}
        {% elif file.source_name ~ '/' ~ file.table_name in needed %}
            {% do files.append(file) %}
        {% endif %}
    {% endfor %}
    {% if left_out %}
        {% do exceptions.warn('Raw files that are not read:\n' ~ told_raw_files(left_out)) %}
    {% endif %}

    {% set found = {} %}
    {% set problems = [] %}
    {% for some in files | batch(250) %}
        {% do try_parquet_files(some) %}
        {# of both, the same files in the same order #}
        {% for description in duckdb_dicts(describe_raw_files(some, needed)) %}
            {% set file = some[loop.index0] %}
            {% if description.problem %}{% do problems.append(description) %}{% endif %}
            {% do file.update(description, columns=fromjson(description.columns or 'null')) %}
            {% do found.setdefault(file.source_name ~ '/' ~ file.table_name, []).append(file) %}
        {% endfor %}
    {% endfor %}
    {% do refuse_raw_files(problems) %}
    {{ return(found) }}
{% endmacro %}


{#
    Raises an error that names the Parquet files which cannot be read, as DuckDB's own does not: their
    description, or all of their values (to count them DuckDB reads the description alone).
#}
{% macro try_parquet_files(files, to_their_end=false) %}
    {% set names = {} %}
    {% for file in files if file.format == 'parquet' and not file.problem %}
        {% do names.update({file.file: duckdb_path(file.file)}) %}
    {% endfor %}
    {% if names and 'publications' in (target.plugins or []) | map(attribute='alias') %}
        {% set query = 'select max(hash(columns(*))) from read_parquet(?)' if to_their_end else 'from parquet_schema(?)' %}
        {% set tried = {'action': 'try', 'files': names, 'query': query, 'damaged': []} %}
        {% do adapter.store_relation(
            'publications', operations_relation('raw_files'), [], raw_dir(), 'parquet', tried
        ) %}
        {% if tried.damaged %}
            {% do exceptions.raise_compiler_error(
                'Raw files that cannot be read:\n  ' ~ tried.damaged[:20] | join('\n  ')
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#
    Names the Parquet files on which a model that judges their rows has failed: to read all of them to
    their ends before would take long. It goes on-run-end.
#}
{% macro name_damaged_files(results) %}
    {{ return(adapter.dispatch('name_damaged_files')(results)) }}
{% endmacro %}


{% macro default__name_damaged_files(results) %}
    {{ return('') }}
{% endmacro %}


{% macro duckdb__name_damaged_files(results) %}
    {% set tables = [] %}
    {% for result in results if result.status == 'error' and result.node.name.startswith('base_') %}
        {% do tables.append(result.node.name[5:] | replace('__', '/')) %}
    {% endfor %}
    {% if tables %}
        {% do try_parquet_files(duckdb_dicts(find_raw_files(raw_dir(), tables)), to_their_end=true) %}
    {% endif %}
    {{ return('') }}
{% endmacro %}


{# Raises a compiler error where files cannot be read. #}
{% macro refuse_raw_files(problems) %}
    {% if problems %}
        {% do exceptions.raise_compiler_error(
            'Raw files that cannot be read (docs/warehouses.md says what to do):\n'
            ~ told_raw_files(problems)
        ) %}
    {% endif %}
{% endmacro %}


{# The first of some files, a line each, with what is wrong with it. #}
{% macro told_raw_files(files) %}
    {% set lines = [] %}
    {% for file in files[:20] %}{% do lines.append('  ' ~ file.file ~ ' ' ~ file.problem) %}{% endfor %}
    {% if files | length > 20 %}{% do lines.append('  and ' ~ (files | length - 20) ~ ' more') %}{% endif %}
    {{ return(lines | join('\n')) }}
{% endmacro %}


{# The rows of a query, each by the names of its columns. #}
{% macro duckdb_dicts(query) %}
    {% set rows = [] %}
    {% for row in run_query(query).rows %}{% do rows.append(dict(row)) %}{% endfor %}
    {{ return(rows) }}
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

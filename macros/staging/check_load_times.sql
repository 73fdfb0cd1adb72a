{#
    Raises a compiler error where a raw table holds a time of loading that cannot be read: which
    version of a row counts, and which are new, hangs on it.

    raw_column: the one of the time; id: `<source>.<table>`.
#}
{% macro check_load_times(raw_table, raw_column, id) %}
    {% if flags.WHICH in ('run', 'build') and raw_column.dtype | upper not in ('TIMESTAMP', 'TIMESTAMP_NTZ') %}
        {% set text = raw_text({'data_type': 'timestamp', 'meta': {}}, raw_column, id) %}
        {% set unreadable = run_query(
            'select min(' ~ text ~ ') from ' ~ raw_table ~ ' where ' ~ text ~ ' is not null and '
            ~ raw_time(raw_column, id) ~ ' is null'
        ).rows[0][0] %}
        {% if unreadable is not none %}
            {% do exceptions.raise_compiler_error(
                id ~ ': ' ~ raw_column.name ~ " '" ~ unreadable ~ "' (in " ~ place_of_raw_table(raw_table, id)
                ~ ') is no time that can be read. Write it as 2026-01-31 02:00:00, or say how its days are '
                ~ "written: var 'raw_formats': {" ~ id ~ ': {date: "%d/%m/%Y"}}.'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Where a raw table comes from, for messages: its files where DuckDB reads some, else its name. #}
{% macro place_of_raw_table(raw_table, id) %}
    {{ return(adapter.dispatch('place_of_raw_table')(raw_table, id)) }}
{% endmacro %}


{% macro default__place_of_raw_table(raw_table, id) %}
    {{ return(raw_table) }}
{% endmacro %}


{% macro duckdb__place_of_raw_table(raw_table, id) %}
    {% set files = [] %}
    {% for file in duckdb_dicts(find_raw_files(raw_dir(), [id | replace('.', '/')])) if not file.problem %}
        {% do files.append(file.file) %}
    {% endfor %}
    {{ return(files[:5] | join(', ') or raw_table) }}
{% endmacro %}

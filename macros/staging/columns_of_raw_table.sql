{#
    The columns of a raw table, each with name and dtype, but for the mark of the project's loader.

    Raises a compiler error where the table, or a column that is not optional, is missing. Where
    nothing is read (compile, lint, docs) a missing table counts as complete, all text.
#}
{% macro columns_of_raw_table(source_name, table_name, raw_table, columns, loaded_at) %}
    {% set loaded_at_column = api.Column.create(loaded_at, api.Column.translate_type('timestamp')) %}
    {% if raw_table is none %}{{ return([loaded_at_column]) }}{% endif %}
    {% set name = source_name ~ '.' ~ table_name %}
    {% set relation = load_relation(raw_table) %}
    {% if relation is none %}
        {% if flags.WHICH in ('run', 'build', 'test') %}
            {% do exceptions.raise_compiler_error(
                "There is no raw table " ~ raw_table ~ " for " ~ name ~ ". Load it (on DuckDB: a file "
                ~ env_var('CUSTOMER_360_RAW_DIR', 'data/raw') ~ "/" ~ source_name ~ "/" ~ table_name
                ~ ".parquet, .csv or .json), name it under var 'raw_tables' or 'raw_schemas', or list "
                ~ "it under 'absent_tables' or leave its system out of 'sources'."
            ) %}
        {% endif %}
        {% set expected = [] %}
        {% for column in columns %}
            {% do expected.append(api.Column.create(column.name, dbt.type_string())) %}
        {% endfor %}
        {{ return(expected + [loaded_at_column]) }}
    {% endif %}
    {% set raw_columns = adapter.get_columns_in_relation(relation)
        | rejectattr('name', 'in', ['_loaded_from', '_LOADED_FROM']) | list %}
    {% set present = raw_columns | map(attribute='name') | map('lower') | list %}
    {% if loaded_at | lower not in present %}
        {% do exceptions.raise_compiler_error(
            "Raw table " ~ raw_table ~ " has no column '" ~ loaded_at ~ "', the time a row was loaded. "
            ~ "Name the column it has as `loaded_at_field` in _" ~ source_name ~ "__sources.yml."
        ) %}
    {% endif %}
    {% for column in columns if column.name not in present and not column.meta.optional %}
        {% do exceptions.raise_compiler_error(
            "Raw table " ~ raw_table ~ " has no column '" ~ column.name ~ "', which base_"
            ~ source_name ~ "__" ~ table_name ~ " requires. Map it in a view, or mark it `optional: true` in the model's YAML."
        ) %}
    {% endfor %}
    {{ return(raw_columns) }}
{% endmacro %}


{# The column that says when a row of a raw table was loaded: its loaded_at_field, or _loaded_at. #}
{% macro loaded_at_field(source_name, table_name) %}
    {% set source_id = 'source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name %}
    {{ return((graph.sources.get(source_id) or {}).get('loaded_at_field') or '_loaded_at') }}
{% endmacro %}

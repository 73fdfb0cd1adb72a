{#
    How the columns of a contract are found in a raw table, and how their values are written there.

    var raw_columns: {retail.customers: {email_address: "E-Mail"}}: names that are not the contract's.
    var raw_formats: {retail.customers: {date: "%d.%m.%Y", decimal: ","}}: days and numbers in text.
#}

{#
    The columns of a raw table: `all` of them but the mark of the project's loader, each with name and
    dtype, and `of`, name in the contract -> column, without those that the table lacks.

    Raises a compiler error where the table, or a column that it must have, is missing. Where nothing
    is read (compile, lint, docs) a missing table counts as complete, all text.
#}
{% macro raw_columns(source_name, table_name, raw_table, contract_columns, loaded_at) %}
    {% set loaded_at_column = api.Column.create(loaded_at, api.Column.translate_type('timestamp')) %}
    {% if raw_table is none %}
        {{ return({'all': [loaded_at_column], 'of': {loaded_at: loaded_at_column}}) }}
    {% endif %}
    {% set id = source_name ~ '.' ~ table_name %}
    {% set relation = load_relation(raw_table) %}
    {% set present = [] %}
    {% if relation is not none %}
        {% do present.extend(adapter.get_columns_in_relation(relation)
            | rejectattr('name', 'in', ['_loaded_from', '_LOADED_FROM'])) %}
    {% elif flags.WHICH in ('run', 'build', 'test') %}
        {% do exceptions.raise_compiler_error(
            'There is no raw table ' ~ raw_table ~ ' for ' ~ id ~ '. Load it (on DuckDB: a file ' ~ raw_dir()
            ~ '/' ~ source_name ~ '/' ~ table_name ~ ".parquet, .csv or .json, which stays there), name it under var "
            ~ "'raw_tables' or 'raw_schemas', or list it under 'absent_tables' or leave its system out of "
            ~ "'sources'."
        ) %}
    {% else %}
        {% do present.append(loaded_at_column) %}
        {% for column in contract_columns %}
            {% do present.append(api.Column.create(column.name, dbt.type_string())) %}
        {% endfor %}
    {% endif %}
    {% set by_name = {} %}
    {% for column in present %}{% do by_name.update({column.name | lower: column}) %}{% endfor %}
    {% set found = {} %}
    {% set gone = [] %}
    {% for name in contract_columns | map(attribute='name') | list + [loaded_at] %}
        {% set column = by_name.get(raw_name(id, name) | lower, by_name.get(name | lower)) %}
        {% if column is not none %}
            {% do found.update({name: column}) %}
        {% elif name == loaded_at or is_needed(name, contract_columns) %}
            {% do gone.append(raw_name(id, name)) %}
        {% endif %}
    {% endfor %}
    {% if gone %}
        {% do exceptions.raise_compiler_error(
            'Raw table ' ~ raw_table ~ ' has no column ' ~ gone | join(', ') ~ ', without which a row of ' ~ id
            ~ ' means nothing' ~ (' (' ~ loaded_at ~ ' is the time it was loaded)' if loaded_at in gone else '')
            ~ '. It has ' ~ by_name.keys() | join(', ') ~ ". Say under var 'raw_columns' what it is called there"
            ~ (', or name it as `loaded_at_field` in _' ~ source_name ~ '__sources.yml' if loaded_at in gone else '')
            ~ '. `make check` lists all that is missing.'
        ) %}
    {% endif %}
    {{ return({'all': present, 'of': found}) }}
{% endmacro %}


{# What a raw table calls a column of its contract. id: `<source>.<table>`. #}
{% macro raw_name(id, column_name) %}
    {{ return(var('raw_columns').get(id, {}).get(column_name, column_name)) }}
{% endmacro %}


{# Whether a raw table must have a column: without its value a row is refused, and nothing stands for it. #}
{% macro is_needed(name, contract_columns) %}
    {% for column in contract_columns if column.name == name %}
        {{ return(column.meta.required and not column.meta.if_absent) }}
    {% endfor %}
{% endmacro %}


{# The column that says when a row of a raw table was loaded: its loaded_at_field, or _loaded_at. #}
{% macro loaded_at_field(source_name, table_name) %}
    {% set source_id = 'source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name %}
    {{ return((graph.sources.get(source_id) or {}).get('loaded_at_field') or '_loaded_at') }}
{% endmacro %}

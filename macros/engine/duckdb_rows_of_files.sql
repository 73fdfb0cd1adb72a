{#
    The rows of files as they are: text, wherever the format has no types of its own (a query).
    Nothing is guessed: no row is a comment, none is skipped, and the first line of a CSV file names
    its columns. Text in Parquet is text, marked as such or not. JSON is read by the columns of the
    table's contract, since its keys may come and go.

    extension: parquet, csv or json; paths: of files of one table; node: that table in the graph.
    orchestration/load/files.py reads files in the same way.
#}
{% macro duckdb_rows_of_files(extension, paths, node) %}
    {% if extension == 'parquet' %}
        {{ return(
            'select * from read_parquet(' ~ duckdb_list(paths)
            ~ ', union_by_name = true, binary_as_string = true)'
        ) }}
    {% elif extension == 'csv' %}
        {% set alike = {} %}
        {% for path in paths %}
            {% do alike.setdefault(csv_columns(path) | tojson, []).append(path) %}
        {% endfor %}
        {% set queries = [] %}
        {% for columns, files in alike.items() %}
            {% do queries.append(
                'select * from read_csv(' ~ duckdb_list(files) ~ ", header = true, delim = ',', "
                ~ "quote = '\"', escape = '\"', " ~ csv_as_it_is() ~ ', columns = '
                ~ duckdb_text_columns(fromjson(columns)) ~ ')'
            ) %}
        {% endfor %}
        {{ return(queries | join(' union all by name ')) }}
    {% else %}
        {% set base_model = 'base_' ~ node.source_name ~ '__' ~ node.name %}
        {% set columns = graph.nodes['model.' ~ project_name ~ '.' ~ base_model].columns.keys() | list %}
        {% do columns.append(node.loaded_at_field or '_loaded_at') %}
        {{ return(
            'select * from read_json(' ~ duckdb_list(paths) ~ ", format = 'newline_delimited', "
            ~ 'maximum_object_size = 16777216, columns = ' ~ duckdb_text_columns(columns) ~ ')'
        ) }}
    {% endif %}
{% endmacro %}


{# The columns that the first line of a CSV file names; one without a name is `column<its number>`. #}
{% macro csv_columns(path) %}
    {% set lines = run_query(
        'select line from read_csv(' ~ duckdb_text(path) ~ ", header = false, delim = e'\\x01', "
        ~ "quote = '', escape = '', " ~ csv_as_it_is() ~ ", columns = {'line': 'varchar'}) limit 1"
    ).columns[0].values() %}
    {% if not lines or lines[0] is none %}
        {% do exceptions.raise_compiler_error(
            path ~ ' cannot be read: its first line is empty. It must name the columns.'
        ) %}
    {% endif %}
    {% set names = [] %}
    {% for quoted, plain in modules.re.findall('(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))', lines[0] | string) %}
        {% set name = quoted | replace('""', '"') or plain or 'column' ~ loop.index0 %}
        {% if name | lower in names | map('lower') %}
            {% do exceptions.raise_compiler_error(
                path ~ " cannot be read: its first line names the column '" ~ name ~ "' twice."
            ) %}
        {% endif %}
        {% do names.append(name) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}


{# What keeps DuckDB from guessing about a CSV file. #}
{% macro csv_as_it_is() -%}
    auto_detect = false, comment = '', skip = 0, max_line_size = 16777216
{%- endmacro %}


{# A text as a literal, without a cast: DuckDB's readers take no expressions. #}
{% macro duckdb_text(text) %}{{ return("'" ~ text | replace("'", "''") ~ "'") }}{% endmacro %}


{# A DuckDB list of texts. #}
{% macro duckdb_list(texts) -%}
    [{% for text in texts %}{{ duckdb_text(text) }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}


{# Columns of text, as DuckDB's readers want them: {'name': 'varchar', …}. #}
{% macro duckdb_text_columns(names) -%}
    { {%- for name in names %}{{ duckdb_text(name) }}: 'varchar'{{ ', ' if not loop.last }}{% endfor -%} }
{%- endmacro %}

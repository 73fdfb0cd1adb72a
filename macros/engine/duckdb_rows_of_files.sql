{#
    The rows of files as they are: text, wherever the format has no types of its own (a query).
    JSON is read by the columns of the table's contract, since its keys may come and go.
    orchestration/load/files.py reads each format in the same way; a test compares them.

    extension: parquet, csv or json; paths: of files of one table; node: that table in the graph.
#}
{% macro duckdb_rows_of_files(extension, paths, node) %}
    {% set base_model = 'base_' ~ node.source_name ~ '__' ~ node.name %}
    {% set contract = graph.nodes['model.' ~ project_name ~ '.' ~ base_model].columns %}
    {% set loaded_at = node.loaded_at_field or '_loaded_at' %}
    {% if extension == 'parquet' %}
        {{ return(duckdb_parquet_rows(paths, contract.keys() | list)) }}
    {% elif extension == 'csv' %}
        {{ return(duckdb_csv_rows(paths, needed_columns(node) | map('lower') | list, base_model)) }}
    {% else %}
        {{ return(
            'select * from read_json(' ~ duckdb_list(paths) ~ ", format = 'newline_delimited', "
            ~ 'maximum_object_size = 16777216, columns = '
            ~ duckdb_text_columns(contract.keys() | list + [loaded_at]) ~ ')'
        ) }}
    {% endif %}
{% endmacro %}


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

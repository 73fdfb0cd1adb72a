{#
    The rows of Parquet files (a query). Text that is not marked as text, as Impala, old Spark, Athena
    and ClickHouse write it, is read as text where a contract names the column; where it is not in
    UTF-8, reading it is an error.

    paths: of files of one table; columns: of its contract.
#}
{% macro duckdb_parquet_rows(paths, columns) %}
    {% set unmarked = {} %}
    {% for path, name in run_query(
        'select file_name, name from parquet_schema(' ~ duckdb_list(paths) ~ ") where type = 'BYTE_ARRAY' "
        ~ 'and converted_type is null and logical_type is null order by 1, 2'
    ).rows if name | lower in columns %}
        {% do unmarked.setdefault(path, []).append(name) %}
    {% endfor %}
    {% set alike = {} %}
    {% for path in paths %}
        {% do alike.setdefault(unmarked.get(path, []) | tojson, []).append(path) %}
    {% endfor %}
    {% set queries = [] %}
    {% for names, files in alike.items() %}
        {% set texts = [] %}
        {% for name in fromjson(names) %}
            {% do texts.append(duckdb_decoded(name)) %}
        {% endfor %}
        {% do queries.append(
            'select *' ~ (' replace (' ~ texts | join(', ') ~ ')' if texts else '')
            ~ ' from read_parquet(' ~ duckdb_list(files) ~ ', union_by_name = true)'
        ) %}
    {% endfor %}
    {{ return(queries | join(' union all by name ')) }}
{% endmacro %}


{# The text of a binary column of a Parquet file, under its name. #}
{% macro duckdb_decoded(name) %}
    {% set column = '"' ~ name | replace('"', '""') ~ '"' %}
    {{ return(
        'case when ' ~ column ~ ' is not null then coalesce(try(decode(' ~ column ~ ')), error('
        ~ duckdb_text('Text that is not UTF-8 in column ' ~ name ~ ' of ') ~ ' || filename)) end as ' ~ column
    ) }}
{% endmacro %}

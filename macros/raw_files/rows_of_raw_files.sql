{#
    The rows of files of one table (a query). Nothing is guessed: no row is a comment, none is skipped,
    and the first row of each CSV file names its columns. Values have the types of their files where
    all have the same, else they are text. JSON is read by the columns of the contract.

    files: of find_raw_files(), each with its delimiter and columns; columns: of the contract, lower
    case, and the time of loading; keep_errors: whether rows of CSV that cannot be read are kept for
    bad_raw_rows(), in place of an error.
#}
{% macro rows_of_raw_files(files, columns, keep_errors=false) %}
    {%- set kinds = {} -%}
    {%- set types = {} -%}
    {%- for file in files -%}
        {%- set columns_of_file = file.columns or [] -%}
        {%- set kind = file.format ~ file.compression ~ file.delimiter ~ columns_of_file -%}
        {%- if kind not in kinds -%}
            {%- for column in columns_of_file -%}
                {%- do types.setdefault(column.name | lower, {}).update({column.type: true}) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- do kinds.setdefault(kind, []).append(file) -%}
    {%- endfor -%}
    {%- set formats = files | map(attribute='format') | unique | list -%}
    {%- set is_mixed = formats | length > 1 or types.values() | map('length') | select('gt', 1) | list | length > 0 -%}
    {%- for alike in kinds.values() -%}
        {{ ' union all by name ' if not loop.first }}
        {%- if alike[0].format == 'csv' -%}
        select * from {{ read_raw_csv(alike, keep_errors) }}
        {%- elif alike[0].format == 'json' -%}
        select * from {{ read_raw_json(alike, columns) }}
        {%- else -%}
        select {{ 'columns(*)::varchar from (select ' if is_mixed }}* {{ marked_texts(alike[0].columns, columns) -}}
        from read_parquet({{ duckdb_paths(alike) }}, union_by_name = true, hive_partitioning = false){{ ')' if is_mixed }}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}


{# The call that reads CSV files of the same columns. #}
{% macro read_raw_csv(files, keep_errors) -%}
    read_csv({{ duckdb_paths(files) }}, compression = '{{ files[0].compression }}', header = true, delim = '{{ files[0].delimiter }}', quote = '"', escape = '"', auto_detect = false, comment = '', skip = 0, max_line_size = 16777216, hive_partitioning = false, columns = {{ duckdb_text_columns(files[0].columns | map(attribute='name')) }}
    {%- if keep_errors %}, store_rejects = true, rejects_limit = 10, rejects_table = 'raw_row_errors', rejects_scan = 'raw_row_scans'{% endif %})
{%- endmacro %}


{# The call that reads JSON files, an object a line. #}
{% macro read_raw_json(files, columns) -%}
    read_json({{ duckdb_paths(files) }}, compression = '{{ files[0].compression }}', format = 'newline_delimited', maximum_object_size = 16777216, hive_partitioning = false, columns = {{ duckdb_text_columns(columns) }})
{%- endmacro %}


{#
    Text that is not marked as text, as Impala, old Spark, Athena and ClickHouse write it into Parquet,
    is read as text where a contract names the column; where it is not in UTF-8, reading it is an error.
#}
{% macro marked_texts(columns_of_file, columns) -%}
    {%- for column in columns_of_file if column.type == 'BLOB' and column.name | lower in columns %}
        {%- set name = duckdb_name(column.name) -%}
        {{ 'replace (' if loop.first }}case when {{ name }} is not null then coalesce(try(decode({{ name }})), error({{ duckdb_text('Text that is not UTF-8 in column ' ~ column.name ~ ' of ') }} || filename)) end as {{ name }}{{ ') ' if loop.last else ', ' }}
    {%- endfor -%}
{%- endmacro %}


{#
    What is wrong with rows of files of one table, some of each file (statements that end in a query):
    file, and problem. Reads all values: DuckDB would not look at columns that nobody uses.
#}
{% macro bad_raw_rows(files, columns) %}
{%- set csv = files | selectattr('format', 'equalto', 'csv') | list -%}
{%- set json = files | selectattr('format', 'equalto', 'json') | list -%}
drop table if exists raw_row_errors;
drop table if exists raw_row_scans;

create or replace temporary table raw_values as
select count(columns(*)) from ({{ rows_of_raw_files(files, columns, keep_errors=true) }});

select
    null as file,
    null as problem
where false
{%- if csv %}
union all
select
    scans.file_path,
    case
        when errors.error_type in ('TOO MANY COLUMNS', 'MISSING COLUMNS')
            then 'has in line ' || errors.line || ' '
                || case when errors.error_type like 'TOO%' then 'more' else 'fewer' end
                || ' values than its first line has names'
        when errors.error_type = 'UNQUOTED VALUE'
            then 'has in line ' || errors.line
                || ' a quote that stays open, or something behind one that closes'
        when errors.error_type = 'INVALID ENCODING'
            then 'is not in UTF-8 (line ' || errors.line || '): save it as UTF-8'
        else 'cannot be read at line ' || errors.line || ': ' || lower(errors.error_type)
    end
from raw_row_scans as scans
inner join raw_row_errors as errors using (scan_id, file_id)
{%- endif %}
{%- for compression in json | map(attribute='compression') | unique %}
union all
select file, 'has a key ' || name || ': write it ' || lower(name)
from (
    select distinct
        filename as file,
        unnest(json_keys(json)) as name
    from read_json_objects({{ duckdb_paths(json | selectattr('compression', 'equalto', compression)) }}, compression = '{{ compression }}', format = 'newline_delimited', maximum_object_size = 16777216, filename = true)
)
where name != lower(name) and lower(name) in {{ duckdb_list(columns) }}
{%- endfor %}
order by 1, 2
{% endmacro %}

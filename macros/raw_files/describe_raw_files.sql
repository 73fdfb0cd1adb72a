{#
    What files are like, by their beginnings (statements that end in a query; some hundred files at a
    time): file, delimiter, columns (JSON: name and type of each; null where the file is JSON, whose
    keys may come and go), and problem, why the file cannot be read.

    The delimiter of CSV is what the first line has most of, outside quotes: comma, semicolon, tab, bar.

    files: of find_raw_files(); needed: by `source/table`, the columns that each of its files must have.
#}
{% macro describe_raw_files(files, needed) %}
{%- set csv = files | selectattr('format', 'equalto', 'csv') | list -%}
{%- set field = '( *"(?:[^"]|"")*" *|[^"' -%}
drop table if exists raw_beginning_errors;
drop table if exists raw_beginning_scans;

create or replace temporary table raw_beginnings as
select
    null::varchar as file,
    null::varchar[] as lines
where false
{%- for file in csv %}
union all
select {{ duckdb_text(file.file) }}, list(line)
from (
    select line
    from read_csv({{ duckdb_paths([file]) }}, compression = '{{ file.compression }}', header = false, delim = e'\x01', quote = '', escape = '', strict_mode = false, auto_detect = false, comment = '', skip = 0, max_line_size = 262144, buffer_size = 262144, columns = {'line': 'varchar'}, hive_partitioning = false, store_rejects = true, rejects_limit = 1, rejects_table = 'raw_beginning_errors', rejects_scan = 'raw_beginning_scans')
    limit 20
)
{%- endfor %};

with

files as (
    select
        filename as file,
        size
    from read_blob({{ duckdb_paths(files) }})
),

needed as (
    select * from (values (null::varchar, null::varchar[])
        {%- for file in files if file.format != 'json' -%}
        , ({{ duckdb_text(file.file) }}, {{ duckdb_list(needed[file.source_name ~ '/' ~ file.table_name]) }})
        {%- endfor -%}
    ) as of_files (file, needed)
),

{# A name may have a line break in it: then a quote is open where the line ends. -#}
headers as (
    select
        file,
        ltrim(coalesce(list_filter(
            list_transform(range(1, len(lines) + 1), lambda last: array_to_string(
                list_transform(lines[:last], lambda line: coalesce(line, '')), chr(10)
            )),
            lambda text: (length(text) - length(replace(text, '"', ''))) % 2 = 0
        )[1], lines[1], ''), chr(65279)) as header
    from raw_beginnings
),

delimited as (
    select
        *,
        list_sort(list_transform([',', ';', chr(9), '|'], lambda mark, place: {
            'fewer': -len(string_split(regexp_replace(header, '"[^"]*"', '', 'g'), mark)),
            'place': place,
            'mark': mark
        }))[1].mark as delimiter
    from headers
),

fields as (
    select
        *,
        '{{ field }}' || delimiter || ']*)' as field,
        '[' || delimiter || ']' as separator
    from delimited
),

unreadable as (
    {%- if csv %}
    select
        scans.file_path as file,
        'is not in UTF-8, or no text: save it as UTF-8' as problem
    from raw_beginning_scans as scans
    inner join raw_beginning_errors as errors using (scan_id, file_id)
    where errors.line = 1
    {%- else %}
    select
        null::varchar as file,
        null as problem
    where false
    {%- endif %}
),

of_csv as (
    select
        file,
        delimiter,
        list_transform(
            regexp_extract_all(delimiter || header, separator || field, 1),
            lambda name, place: {
                'name': coalesce(nullif(trim(case
                    when trim(name) like '"%' then replace(trim(name)[2:-2], '""', '"')
                    else name
                end, ' ' || chr(9)), ''), 'column' || (place - 1)),
                'type': 'VARCHAR'
            }
        ) as columns,
        case
            when contains(header, chr(0)) then 'is not in UTF-8, or no text: save it as UTF-8'
            when header = '' then 'has an empty first line: it must name the columns'
            when not regexp_full_match(header, field || '(' || separator || field || ')*')
                then 'has in line 1 a quote that stays open, or something behind one that closes'
        end as problem
    from fields
),

{# Columns stand before the parts they are made of: the next one comes when all parts were told. -#}
parts as (
    select
        *,
        sum(coalesce(num_children, 0) - 1) over (
            partition by file_name order by column_id rows between unbounded preceding and 1 preceding
        ) as open_parts
    from {{ parquet_schemas(files | selectattr('format', 'equalto', 'parquet') | list) }}
    where column_id > 0
),

of_parquet as (
    select
        file_name as file,
        list(struct_pack(name := name, type := duckdb_type) order by column_id) as columns
    from (
        select
            *,
            min(open_parts) over (
                partition by file_name order by column_id
                rows between unbounded preceding and 1 preceding
            ) as fewest
        from parts
    )
    where open_parts is null or open_parts < coalesce(fewest, 0)
    group by 1
),

described as (
    select
        files.*,
        of_csv.delimiter,
        coalesce(of_csv.columns, of_parquet.columns) as columns,
        coalesce(unreadable.problem, of_csv.problem) as problem,
        needed.needed,
        list_transform(
            coalesce(of_csv.columns, of_parquet.columns), lambda one: lower(one.name)
        ) as present
    from files
    left join needed using (file)
    left join unreadable using (file)
    left join of_csv using (file)
    left join of_parquet using (file)
),

compared as (
    select
        *,
        list_filter(needed, lambda name: not list_contains(present, name)) as gone,
        list_filter(present, lambda name, place: list_position(present, name) < place) as twice
    from described
)

select
    file,
    delimiter,
    to_json(columns)::varchar as columns,
    case
        when size < 2 then 'is empty (' || size || ' bytes)'
        when problem is not null then problem
        {#- no name of a column that is there: without a first line of names they are somebody's data #}
        when len(gone) > 0
            then 'has no column ' || array_to_string(gone, ', ')
                || case
                    when delimiter is not null and len(columns) = 1
                        then '. Separate its columns by comma, semicolon, tab or bar'
                    else '. Add what is missing, or say under var raw_columns what it is called'
                end
        when len(twice) > 0
            then 'names a column twice: ' || array_to_string(list_distinct(twice), ', ')
    end as problem
from compared
order by file
{% endmacro %}


{# What Parquet files say of their columns. #}
{% macro parquet_schemas(files) -%}
    {%- if files -%}
    parquet_schema({{ duckdb_paths(files) }})
    {%- else -%}
    (
        select
            null::varchar as file_name,
            null::varchar as name,
            null::varchar as duckdb_type,
            null::bigint as num_children,
            null::bigint as column_id
        where false
    )
    {%- endif -%}
{%- endmacro %}

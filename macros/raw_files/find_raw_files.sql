{#
    How raw files are read is defined in this folder, once: for DuckDB under dbt, for the loader of
    every engine, and for whoever looks at files before either. Its macros give the text of a query and
    nothing else, so that Python renders the same files (orchestration/load/reading.py).

    First, which files there are under a folder (a query): file, source_name, table_name, file_name
    (below its source), format, compression, and problem, why it is not read.
    `<source>/<table>[.<part>].<ending>` in any case, or a folder of parts `<source>/<table>/*`.
    What begins with a dot or an underscore is no raw file (yet): others write it or mark with it.

    tables: `source/table` of all that are known.
#}
{% macro find_raw_files(folder, tables) %}
{%- set inside = duckdb_path(folder.rstrip('/')) -%}
with

found as (
    select
        file,
        string_split(replace(file, '\', '/'), '/')[-depth:] as parts,
        -- one folder is the source; a second one is the table
        case depth when 2 then 1 when 3 then 1 else depth - 1 end as folders
    from (
        {%- for depth in (1, 2, 3, 4) %}
        {{ 'union all ' if not loop.first }}select file, {{ depth }} as depth
        from glob({{ duckdb_text(inside ~ '/*' * depth ~ ('*' if depth == 4 else '')) }})
        {%- endfor %}
    )
),

named as (
    select
        file,
        lower(file) as lower_file,
        coalesce(array_to_string(parts[:folders], '/'), '') as source_name,
        array_to_string(parts[folders + 1:], '/') as file_name
    from found
    where not regexp_matches('/' || array_to_string(parts, '/'), '/[._]')
),

placed as (
    select
        file,
        lower(source_name) as source_name,
        lower(regexp_extract(file_name, '^[^./]*')) as table_name,
        file_name,
        case
            when regexp_matches(lower_file, '[.]parquet$') then 'parquet'
            when regexp_matches(lower_file, '[.](csv|tsv|txt)([.]gz)?$') then 'csv'
            when regexp_matches(lower_file, '[.](json|jsonl|ndjson)([.]gz)?$') then 'json'
        end as format,
        case when lower_file like '%.gz' then 'gzip' else 'none' end as compression
    from named
),

known as (
    select unnest({{ duckdb_list(tables) }}::varchar[]) as name
),

likeliest as (
    select
        placed.file,
        arg_max(
            known.name, jaro_winkler_similarity(known.name, source_name || '/' || table_name)
        ) as name,
        bool_or(known.name = source_name || '/' || table_name) as is_known
    from placed
    cross join known
    group by 1
)

select
    placed.*,
    case
        when not likeliest.is_known
            then 'belongs to no known table (' || concat_ws('.', nullif(source_name, ''), table_name)
                || '): files are named <source>/<table>[.<part>].<format>. If its rows are of '
                || replace(likeliest.name, '/', '.') || ', name it ' || likeliest.name || '.<part>.'
                || coalesce(format, 'csv')
        when format is null
            then 'is not one of .parquet, .csv, .tsv, .txt, .json, .jsonl, .ndjson (the texts also .gz)'
    end as problem
from placed
left join likeliest using (file)
order by file
{% endmacro %}


{# A text as a literal, without a cast: DuckDB's readers take no expressions. #}
{% macro duckdb_text(text) -%}'{{ text | replace("'", "''") }}'{%- endmacro %}


{# A path as DuckDB's readers want it, which takes nothing in it for a pattern. #}
{% macro duckdb_path(path) -%}
    {{ path | replace('[', '[[]') | replace('*', '[*]') | replace('?', '[?]') }}
{%- endmacro %}


{# A DuckDB list of texts. #}
{% macro duckdb_list(texts) -%}
    [{% for text in texts %}{{ duckdb_text(text) }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}


{# A DuckDB list of paths. #}
{% macro duckdb_paths(files) -%}
    [{% for file in files %}{{ duckdb_text(duckdb_path(file.file)) }}{{ ', ' if not loop.last }}{% endfor %}]
{%- endmacro %}


{# A DuckDB name. #}
{% macro duckdb_name(name) -%}"{{ name | replace('"', '""') }}"{%- endmacro %}


{# Columns of text, as DuckDB's readers want them: {'name': 'varchar', …}. #}
{% macro duckdb_text_columns(names) -%}
    { {%- for name in names %}{{ duckdb_text(name) }}: 'varchar'{{ ', ' if not loop.last }}{% endfor -%} }
{%- endmacro %}

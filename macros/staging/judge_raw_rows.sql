{#
    Types every row of a raw table and says what becomes of it. Nothing is dropped here.

    source_name, table_name: the raw table. Its contract is the YAML of the model base_<source>__<table>:
      config.meta: row_key (columns), latest_by (columns that say when a row was changed; the later
        version wins, by the time it was loaded where they say nothing), then_by (columns that decide
        between versions of one load),
        reject_when (reason, when, because) - SQL conditions over the typed columns; `tomorrow` is
        one day after the row was loaded
      columns: data_type, and in config.meta: required (null rejects the row), optional (the raw
        table may lack it), accepted_values (any case), min, max, format (email), if_invalid
        (`reject`; else an invalid value becomes null and the row counts as repaired)
    lookups: models or seeds that a reject_when condition names.

    An incremental run judges the rows whose key was loaded again since the last one, all versions
    of them, so that it ends as a full one does. Where the strategy is replace_entities, it also
    judges those again that were rejected: a lookup may know by now what they wait for.

    Returns a query: the typed columns, and
      row_version_id    names the row: its key, whether it was rejected, and which version it is
      row_key           the key columns, joined by '|'
      judgement         accepted | rejected | duplicate
      reason_code       why it was rejected, the first reason that applies: missing_<column>,
                        invalid_<column>, or the reason of a reject_when rule
      repaired_columns  columns whose invalid value was made null, joined by ','
      raw_row           the raw row as JSON, where it was rejected or repaired
      loaded_at         when the row was loaded (UTC)
    A table that var('absent_tables') names gives the same columns and no row.
#}
{% macro judge_raw_rows(source_name, table_name, lookups=[]) %}
    {%- set lookup_relations = {} -%}
    {%- for lookup in lookups -%}
        {%- do lookup_relations.update({lookup: ref(lookup)}) -%}
    {%- endfor -%}
    {%- set is_absent = source_name ~ '.' ~ table_name in var('absent_tables') -%}
    {%- set raw_table = none if is_absent else source(source_name, table_name) -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}

    {%- set base_model = 'base_' ~ source_name ~ '__' ~ table_name -%}
    {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ base_model] -%}
    {%- set contract = node.config.meta -%}
    {%- set columns = node.columns.values() | list -%}
    {%- do check_reserved_names(base_model, columns) -%}
    {%- do check_keys_are_text(base_model, columns, contract.row_key) -%}
    {%- set latest_first = [] -%}
    {%- for column in contract.get('latest_by', []) -%}
        {%- do latest_first.append(time_of_change(column) ~ ' desc nulls last') -%}
    {%- endfor -%}
    {%- do latest_first.append('loaded_at desc nulls last') -%}
    {%- for column in contract.get('then_by', []) -%}
        {%- do latest_first.append(column ~ ' desc nulls last') -%}
    {%- endfor -%}
    {%- set loaded_at = loaded_at_field(source_name, table_name) -%}
    {%- set raw_columns = columns_of_raw_table(source_name, table_name, raw_table, columns, loaded_at) -%}
    {%- set present = raw_columns | map(attribute='name') | map('lower') | list -%}
    {%- set loaded_at_value = raw_time(raw_columns, loaded_at) -%}
with

received as (
    {%- if is_absent %}
    select {{ typed_null('timestamp') }} as {{ loaded_at }}
    where 1 = 0
    {%- else %}
    select * from {{ raw_table }}
    {%- endif %}
),

source as (
    select * from received
    {%- if is_incremental() and not is_absent %}
    {#- every version of the rows that came since the last run, and the new rows without a key #}
    {%- set raw_key = raw_row_key(contract.row_key) %}
    where {{ raw_key }} in (
            select {{ raw_key }} from received
            where {{ loaded_at_value }} >= {{ high_water_mark() }} or {{ loaded_at_value }} is null
        )
        {%- if config.get('incremental_strategy') == 'replace_entities' %}
        or {{ raw_key }} in (select row_key from {{ this }} where judgement = 'rejected')
        {%- endif %}
        or (
            {{ raw_key }} is null
            and ({{ loaded_at_value }} >= {{ high_water_mark() }} or {{ loaded_at_value }} is null)
        )
    {%- endif %}
),
{% for lookup, relation in lookup_relations.items() %}
{{ lookup }} as (
    select * from {{ relation }}
),
{% endfor %}
texts as (
    select
        {%- for column in columns %}
        {{ raw_text(column.name) if column.name in present else typed_null('string') }} as {{ column.name }},
        {%- endfor %}
        {{ loaded_at_value }} as loaded_at,
        {{ row_as_value('whole_row', raw_columns) }} as raw_row
    from source as whole_row
),

typed as (
    select
        {%- for column in columns %}
        texts.{{ column.name }} as {{ column.name }}__text,
        {{ valid_value('texts.' ~ column.name, column) }} as {{ column.name }},
        {%- endfor %}
        texts.loaded_at,
        {{ dbt.dateadd('day', 1, 'texts.loaded_at') }} as tomorrow,
        texts.raw_row
    from texts
),

judged as (
    select
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        {{ contract.row_key | join(" || '|' || ") }} as row_key,
        case
            {%- for column in columns %}
            {%- if column.meta.required %}
            when {{ column.name }}__text is null then 'missing_{{ column.name }}'
            {%- endif %}
            {%- if column.meta.if_invalid == 'reject' %}
            when {{ column.name }}__text is not null and {{ column.name }} is null
                then 'invalid_{{ column.name }}'
            {%- endif %}
            {%- endfor %}
            {%- for rule in contract.get('reject_when', []) %}
            when {{ rule.when }} then '{{ rule.reason }}'
            {%- endfor %}
        end as reason_code,
        {{ repaired_columns(columns) }} as repaired_columns,
        {{ row_fingerprint(columns) }} as fingerprint,
        loaded_at,
        raw_row
    from typed
),

grouped as (
    select
        *,
        coalesce(
            row_key, fingerprint || coalesce(cast(loaded_at as {{ dbt.type_string() }}), '')
        ) as version_group
    from judged
),

ranked as (
    select
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        row_key,
        version_group,
        reason_code,
        repaired_columns,
        case
            when reason_code is not null or repaired_columns is not null
                then {{ value_as_json('raw_row') }}
        end as raw_row,
        loaded_at,
        row_number() over (
            partition by version_group, case when reason_code is null then 1 else 0 end
            order by {{ latest_first | join(', ') }}, fingerprint
        ) as version_number
    from grouped
)

select
    -- ids
    version_group || '|' || case when reason_code is null then 'a' else 'r' end
        || cast(version_number as {{ dbt.type_string() }}) as row_version_id,
    row_key,
    -- the row, typed
    {%- for column in columns %}
    {{ column.name }},
    {%- endfor %}
    -- judgement
    case
        when reason_code is not null then 'rejected'
        when version_number > 1 then 'duplicate'
        else 'accepted'
    end as judgement,
    reason_code,
    case when reason_code is null then repaired_columns end as repaired_columns,
    raw_row,
    loaded_at
from ranked
{% endmacro %}


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


{# A raw value as trimmed text; empty text is null. #}
{% macro raw_text(column) %}nullif({{ trim_whitespace('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') }}, ''){% endmacro %}


{# The key of a raw row: the key columns, as text, joined by '|'. #}
{% macro raw_row_key(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append(raw_text(column)) -%}
    {%- endfor -%}
    {{ texts | join(" || '|' || ") }}
{%- endmacro %}


{#
    A raw time as a UTC timestamp, read as text where it is not a plain timestamp already.

    raw_columns: the table's, each with name and dtype; column: the name of one.
#}
{% macro raw_time(raw_columns, column) -%}
    {%- set data_types = {} -%}
    {%- for raw_column in raw_columns -%}
        {%- do data_types.update({raw_column.name | lower: raw_column.dtype | upper}) -%}
    {%- endfor -%}
    {%- if data_types[column | lower] in ('TIMESTAMP', 'TIMESTAMP_NTZ') -%}
        cast({{ column }} as {{ dbt.type_timestamp() }})
    {%- else -%}
        {{ to_utc_timestamp(raw_text(column)) }}
    {%- endif -%}
{%- endmacro %}


{# When a version of a row was made: by its own time of change, if that is none of the future. #}
{% macro time_of_change(column) -%}
    case
        when {{ column }} <= {{ dbt.dateadd('day', 1, 'loaded_at') }} then {{ column }}
        else loaded_at
    end
{%- endmacro %}


{# Names of the columns whose text was not a valid value, joined by ','; null when there are none. #}
{% macro repaired_columns(columns) -%}
    nullif(substr(
        {%- for column in columns if column.meta.if_invalid != 'reject' and is_checked(column) %}
        {{ '|| ' if not loop.first }}case when {{ column.name }}__text is not null and {{ column.name }} is null then ',{{ column.name }}' else '' end
        {%- else %}
        ''
        {%- endfor %}
    , 2), '')
{%- endmacro %}


{# Whether a column's values can be invalid at all. #}
{% macro is_checked(column) %}
    {{ return(not is_text(column) or column.meta.accepted_values or column.meta.format) }}
{% endmacro %}


{# A hash of the row's texts: decides between versions that nothing else tells apart. #}
{% macro row_fingerprint(columns) %}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append('coalesce(' ~ column.name ~ "__text, '')") -%}
    {%- endfor -%}
    {{ dbt.hash(texts | join(" || '|' || ")) }}
{%- endmacro %}


{# Raises a compiler error where a raw column has the name of one that the judgement adds. #}
{% macro check_reserved_names(base_model, columns) %}
    {% set reserved = [
        'row_version_id', 'row_key', 'judgement', 'reason_code', 'repaired_columns', 'raw_row',
        'loaded_at', 'tomorrow', 'fingerprint', 'version_group', 'version_number',
    ] %}
    {% for column in columns if column.name in reserved %}
        {% do exceptions.raise_compiler_error(
            base_model ~ ": the judgement of a row has a column '" ~ column.name
            ~ "' of its own. Rename the raw one in a view."
        ) %}
    {% endfor %}
{% endmacro %}


{# Raises a compiler error where a key column is no text: raw and typed keys would not agree. #}
{% macro check_keys_are_text(base_model, columns, row_key) %}
    {% for column in columns if column.name in row_key and not is_text(column) %}
        {% do exceptions.raise_compiler_error(
            base_model ~ '.' ~ column.name ~ ' is a key column of type ' ~ column.data_type
            ~ '. Give it data_type string.'
        ) %}
    {% endfor %}
{% endmacro %}

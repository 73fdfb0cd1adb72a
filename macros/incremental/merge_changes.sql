{#
    The incremental strategy merge_changes: rows are merged by their unique_key, and a row that is as
    it was is left alone. A run looks at many rows again (lookback_days), and to compare one costs
    little, while to update one rewrites what lies around it. Of a raw table that is loaded whole, a row
    that is `gone` (judge_raw_rows) is deleted. One atomic MERGE; on DuckDB the same in one transaction
    (see put_changed_rows).
#}
{% macro get_incremental_merge_changes_sql(arg_dict) %}
    {{ return(adapter.dispatch('merge_changes_sql')(
        arg_dict.target_relation, arg_dict.temp_relation, arg_dict.unique_key,
        quoted_columns(arg_dict), config.get('meta').loaded == 'whole',
    )) }}
{% endmacro %}


{% macro default__merge_changes_sql(target, new_rows, key, columns, may_be_gone) %}
merge into {{ target }} as target
using {{ new_rows }} as source
on target.{{ key }} = source.{{ key }}
{%- if may_be_gone %}
when matched and source.judgement = 'gone' then delete
{%- endif %}
when matched and {{ is_changed(columns) }} then {{ update_columns(columns) }}
when not matched then {{ insert_columns(columns) }}
{% endmacro %}


{% macro duckdb__merge_changes_sql(target, new_rows, key, columns, may_be_gone) %}
{{ put_changed_rows(
    target, new_rows, key, columns, "source.judgement <> 'gone'" if may_be_gone
) }}
{% endmacro %}


{#
    Statements for DuckDB, of the transaction of an incremental model: the rows that are others than
    they were are deleted, then all that the target lacks are inserted; `is_there` says of a new row
    that it is not one to go. A MERGE does the same there and takes three times as long: it reads
    every column of the whole target.
#}
{% macro put_changed_rows(target, new_rows, key, columns, is_there=none) %}
delete from {{ target }} as target
using {{ new_rows }} as source
where
    target.{{ key }} = source.{{ key }}
    and {{ is_changed(columns) }};

insert into {{ target }} ({{ columns | join(', ') }})
select {{ columns | join(', ') }}
from {{ new_rows }} as source
where
    {{ is_there ~ ' and' if is_there }} not exists (
        select 1
        from {{ target }} as target
        where target.{{ key }} = source.{{ key }}
    )
{% endmacro %}


{# The names of the target's columns, quoted; an adapter may have looked them up before. #}
{% macro quoted_columns(arg_dict) %}
    {% set columns = arg_dict.dest_columns or adapter.get_columns_in_relation(arg_dict.target_relation) %}
    {{ return(columns | map(attribute='quoted') | list) }}
{% endmacro %}


{# Whether a row of a MERGE is another than it was (a condition). #}
{% macro is_changed(columns) -%}
    (
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}target.{{ column }} is distinct from source.{{ column }}
    {%- endfor %}
)
{%- endmacro %}


{# What a MERGE does with a row that is there. #}
{% macro update_columns(columns) -%}
    update set
    {%- for column in columns %}
    {{ column }} = source.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{# What a MERGE does with a row that is not there. #}
{% macro insert_columns(columns) -%}
    insert ({{ columns | join(', ') }})
    values (
        {%- for column in columns %}
        source.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

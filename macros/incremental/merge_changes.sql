{#
    The incremental strategy merge_changes: rows are merged by their unique_key, and a row that is as
    it was is left alone. A run looks at many rows again (lookback_days), and to compare one costs
    little, while to update one rewrites what lies around it. Of a raw table that is loaded whole, a row
    that is `gone` (judge_raw_rows) is deleted. One atomic MERGE, the same text on every engine.
#}
{% macro get_incremental_merge_changes_sql(arg_dict) %}
    {%- set columns = quoted_columns(arg_dict) -%}
merge into {{ arg_dict.target_relation }} as target
using {{ arg_dict.temp_relation }} as source
on target.{{ arg_dict.unique_key }} = source.{{ arg_dict.unique_key }}
{%- if config.get('meta').loaded == 'whole' %}
when matched and source.judgement = 'gone' then delete
{%- endif %}
when matched and {{ is_changed(columns) }} then {{ update_columns(columns) }}
when not matched then {{ insert_columns(columns) }}
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

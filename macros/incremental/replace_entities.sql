{#
    The incremental strategy replace_entities: the rows of every entity that the model gives are
    replaced as a whole, so that a row that must go is gone. One atomic MERGE, the same text on every
    engine.

    Its configuration: unique_key, the column that names a row, and in meta `entity`, the column that
    names what the row is one of. The model gives all rows of an entity, or none; `entities`, a model
    with that column, names those of which the model gives what there is, so that the rows of one of
    which it gives none are gone. `entity_is_day`: whether the entity is the as-of date, and a run is
    of this one, whose rows go also where it gives none.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict.target_relation -%}
    {%- set new_rows = arg_dict.temp_relation -%}
    {%- set key = arg_dict.unique_key -%}
    {%- set entity = config.get('meta').entity -%}
    {%- set entities = config.get('meta').get('entities') -%}
    {%- set columns = quoted_columns(arg_dict) -%}
merge into {{ target }} as target
using (
    select
        {%- for column in columns %}
        {%- if column | lower == adapter.quote(key) | lower %}
        coalesce(new_rows.{{ key }}, old_rows.{{ key }}) as {{ key }},
        {%- else %}
        new_rows.{{ column }},
        {%- endif %}
        {%- endfor %}
        new_rows.{{ key }} is null and old_rows.{{ key }} is not null as is_gone
    from {{ new_rows }} as new_rows
    full outer join (
        select {{ key }}
        from {{ target }}
        where {{ entity }} in (select {{ entity }} from {{ ref(entities) if entities else new_rows }})
        {%- if config.get('meta').entity_is_day %}
            or {{ entity }} = {{ as_of_date() }}
        {%- endif %}
    ) as old_rows
        on new_rows.{{ key }} = old_rows.{{ key }}
) as source
on target.{{ key }} = source.{{ key }}
when matched and source.is_gone then delete
when matched and {{ is_changed(columns) }} then {{ update_columns(columns) }}
when not matched and not source.is_gone then {{ insert_columns(columns) }}
{% endmacro %}

{#
    The incremental strategy replace_entities: the rows of every entity that changed are replaced as
    a whole, so that a row that must go is gone. One atomic MERGE, the same text on every engine.

    The model gives all rows of the entities in changed_entities(), and all rows that name no entity
    (a null in one of its columns). Its configuration:
      unique_key  the column that names a row
      meta        entity: the columns that name an entity
                  group: those of them that are loaded together; each group has its own mark
                  changes: a model with the entity's columns and changed_at (null: always)
                  loaded_at: the model's own column of load times
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict.target_relation -%}
    {%- set new_rows = arg_dict.temp_relation -%}
    {%- set key = arg_dict.unique_key -%}
    {%- set entity = config.get('meta').entity -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='quoted') | list -%}
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
        select old_rows.{{ key }}
        from {{ target }} as old_rows
        left join (
            {{ changed_entities() }}
        ) as changed
            on {{ equal_columns('old_rows', 'changed', entity) }}
        where changed.{{ entity[0] }} is not null
            {%- for column in entity %}
            or old_rows.{{ column }} is null
            {%- endfor %}
    ) as old_rows
        on new_rows.{{ key }} = old_rows.{{ key }}
) as source
on target.{{ key }} = source.{{ key }}
when matched and source.is_gone then delete
when matched then update set
    {%- for column in columns %}
    {{ column }} = source.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
when not matched and not source.is_gone then insert ({{ columns | join(', ') }})
    values (
        {%- for column in columns %}
        source.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{% endmacro %}


{# The entities of a replace_entities model that may have changed since its last run (a query). #}
{% macro changed_entities() -%}
    {%- set meta = config.get('meta') -%}
    select
        {%- for column in meta.entity %}
        changes.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(meta.changes) }} as changes
    left join (
        select
            {{ meta.group | join(', ') }},
            {{ lookback_from('max(' ~ meta.loaded_at ~ ')') }} as high_water_mark
        from {{ this }}
        where {{ is_loaded_by_now(meta.loaded_at) }}
        group by {{ meta.group | join(', ') }}
    ) as marks
        on {{ equal_columns('changes', 'marks', meta.group) }}
    where changes.changed_at >= marks.high_water_mark
        or marks.high_water_mark is null
        or changes.changed_at is null
    group by
        {%- for column in meta.entity %}
        changes.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}


{# Whether some columns of two relations are equal (a condition). #}
{% macro equal_columns(one, other, columns) -%}
    {%- for column in columns -%}
        {{ ' and ' if not loop.first }}{{ one }}.{{ column }} = {{ other }}.{{ column }}
    {%- endfor -%}
{%- endmacro %}

{#
    The incremental strategy replace_entities: the rows of every entity that changed are replaced as
    a whole, so that a row that must go is gone. One atomic MERGE, the same text on every engine.

    The model gives all rows of the entities in changed_entities(). Its configuration:
      unique_key  the column that names a row
      meta        entity: the columns that name an entity
                  changes: a model with those columns and loaded_at, one row per change
                  loaded_at: the model's own column of load times
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {%- set target = arg_dict.target_relation -%}
    {%- set new_rows = arg_dict.temp_relation -%}
    {%- set key = arg_dict.unique_key -%}
    {%- set columns = adapter.get_columns_in_relation(target) | map(attribute='quoted') | list -%}
merge into {{ target }} as target
using (
    select
        {%- for column in columns %}
        new_rows.{{ column }},
        {%- endfor %}
        false as is_gone
    from {{ new_rows }} as new_rows
    union all
    select
        {%- for column in columns %}
        old_rows.{{ column }},
        {%- endfor %}
        true as is_gone
    from {{ target }} as old_rows
    inner join (
        {{ changed_entities() }}
    ) as changed
        on {% for column in config.get('meta').entity %}
        {{- 'and ' if not loop.first }}old_rows.{{ column }} = changed.{{ column }}
        {% endfor %}
    left join {{ new_rows }} as new_rows
        on old_rows.{{ key }} = new_rows.{{ key }}
    where new_rows.{{ key }} is null
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


{# The entities of a replace_entities model that changed since its last run (a query). #}
{% macro changed_entities() -%}
    {%- set meta = config.get('meta') -%}
    select {{ meta.entity | join(', ') }}
    from {{ ref(meta.changes) }}
    where loaded_at >= {{ high_water_mark(meta.loaded_at) }} or loaded_at is null
    group by {{ meta.entity | join(', ') }}
{%- endmacro %}

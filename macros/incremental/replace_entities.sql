{#
    The incremental strategy replace_entities: the rows of every entity that the model gives are
    replaced as a whole, so that a row that must go is gone. One atomic MERGE; on DuckDB the same in
    one transaction (see put_changed_rows).

    Its configuration: unique_key, the column that names a row, and in meta `entity`, the column that
    names what the row is one of. The model gives all rows of an entity, or none; `entities`, a model
    with that column, names those of which the model gives what there is, so that the rows of one of
    which it gives none are gone. `entity_is_day`: whether the entity is the as-of date, and a run is
    of this one, whose rows go also where it gives none.
#}
{% macro get_incremental_replace_entities_sql(arg_dict) %}
    {{ return(adapter.dispatch('replace_entities_sql')(
        arg_dict.target_relation, arg_dict.temp_relation, arg_dict.unique_key,
        quoted_columns(arg_dict),
    )) }}
{% endmacro %}


{% macro default__replace_entities_sql(target, new_rows, key, columns) %}
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
        where {{ is_of_entities(new_rows) }}
    ) as old_rows
        on new_rows.{{ key }} = old_rows.{{ key }}
) as source
on target.{{ key }} = source.{{ key }}
when matched and source.is_gone then delete
when matched and {{ is_changed(columns) }} then {{ update_columns(columns) }}
when not matched and not source.is_gone then {{ insert_columns(columns) }}
{% endmacro %}


{% macro duckdb__replace_entities_sql(target, new_rows, key, columns) %}
delete from {{ target }} as target
where
    ({{ is_of_entities(new_rows) }})
    and not exists (
        select 1
        from {{ new_rows }} as source
        where source.{{ key }} = target.{{ key }}
    );

{{ put_changed_rows(target, new_rows, key, columns) }}
{% endmacro %}


{# Whether a row of the target is of an entity that the model gives (a condition). #}
{% macro is_of_entities(new_rows) -%}
    {%- set meta = config.get('meta') -%}
    {{ meta.entity }} in (
        select {{ meta.entity }}
        from {{ ref(meta.entities) if meta.get('entities') else new_rows }}
    )
    {%- if meta.entity_is_day %} or {{ meta.entity }} = {{ as_of_date() }}{% endif %}
{%- endmacro %}

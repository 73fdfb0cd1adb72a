{#
    The rows of a conformed entity from every enabled source that supplies it, typed by the contract
    of the model int_<entity>; empty and typed where none does.

    entity: its name in var('source_systems'); each supplier has a model map_<source>__<entity> with
      every column of the contract but those marked `derived: true`, which the caller computes.
    An incremental model gets what each source loaded since its own last run; its contract has
    source_name and loaded_at, the latest load of all the rows that a row was made of.
#}
{% macro union_sources(entity) %}
    {%- set suppliers = [] -%}
    {%- for source_name in suppliers_of(entity) -%}
        {%- do suppliers.append(
            {'source_name': source_name, 'rows': ref('map_' ~ source_name ~ '__' ~ entity)}
        ) -%}
    {%- endfor -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- set columns = supplied_columns(entity) -%}
    {%- for supplier in suppliers -%}
    {{- "\nunion all\n" if not loop.first }}
    select
        {%- for column in columns %}
        cast({{ column.name }} as {{ api.Column.translate_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- else %}
        *
        {%- endfor %}
    from {{ supplier.rows }}
    {%- if this and is_incremental() %}
    where loaded_at >= {{ high_water_mark(condition="source_name = '" ~ supplier.source_name ~ "'") }}
        or loaded_at is null
    {%- endif %}
    {%- else %}
    select
        {%- for column in columns %}
        {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{% endmacro %}


{#
    The contract's columns of a conformed entity: name -> column. None of them in a unit test, where
    dbt shows a model no other's contract: there rows are taken as they are given.
#}
{% macro columns_of_entity(entity) %}
    {% if 'nodes' not in graph %}{{ return({}) }}{% endif %}
    {{ return(graph.nodes['model.' ~ project_name ~ '.int_' ~ entity].columns) }}
{% endmacro %}


{# The columns of a conformed entity that its sources supply. #}
{% macro supplied_columns(entity) %}
    {% set columns = [] %}
    {% for column in columns_of_entity(entity).values() if not column.meta.get('derived') %}
        {% do columns.append(column) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}


{#
    Typed nulls for the columns of a conformed entity that a source does not have, each with a comma
    behind it, to stand first in a mapping's select.

    entity: its name; columns: names within the entity's contract.
#}
{% macro not_supplied(entity, columns) %}
    {%- if execute -%}
        {%- set contract = columns_of_entity(entity) -%}
        {%- for column in columns %}
        {{ typed_null(contract[column].data_type if contract else 'string') }} as {{ column }},
        {%- endfor %}
    {%- endif -%}
{% endmacro %}

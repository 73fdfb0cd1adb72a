{#
    The rows of a conformed entity from every enabled source that supplies it, typed by the contract
    of the model that calls this; empty and typed where none does.

    entity: its name in var('source_systems'); each supplier has a model map_<source>__<entity> with
      every column of the contract but those marked `derived: true`, which the caller computes.
#}
{% macro union_sources(entity) %}
    {%- do check_source_vars() -%}
    {%- set suppliers = [] -%}
    {%- for source_name, system in var('source_systems').items() -%}
        {%- if source_name in var('sources') and entity in system.supplies -%}
            {%- do suppliers.append(ref('map_' ~ source_name ~ '__' ~ entity)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set columns = supplied_columns(model) -%}
    {%- for supplier in suppliers -%}
    {{- "\nunion all\n" if not loop.first }}
    select
        {%- for column in columns %}
        cast({{ column.name }} as {{ api.Column.translate_type(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ supplier }}
    {%- else %}
    select
        {%- for column in columns %}
        {{ typed_null(column.data_type) }} as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{% endmacro %}


{# The columns of a conformed entity that its sources supply. #}
{% macro supplied_columns(node) %}
    {% set columns = [] %}
    {% for column in node.columns.values() if not column.meta.get('derived') %}
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
        {#- a unit test has no graph: its nulls are text -#}
        {%- set contract = graph.nodes['model.' ~ project_name ~ '.int_' ~ entity].columns if 'nodes' in graph else none -%}
        {%- for column in columns %}
        {{ typed_null(contract[column].data_type if contract else 'string') }} as {{ column }},
        {%- endfor %}
    {%- endif -%}
{% endmacro %}

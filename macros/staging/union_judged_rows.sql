{#
    The judged rows of every table of the enabled sources, with source_name and table_name in front.

    columns: which columns of the base models; condition: which rows.
    `changed_at` among the columns is when the judgement was made: the load time, and null (always)
    where the base model is made anew by every run.
#}
{% macro union_judged_rows(columns, condition='1 = 1') %}
    {%- for source_name, table_name in enabled_tables() %}
    {%- set base_model = 'base_' ~ source_name ~ '__' ~ table_name %}
select
    '{{ source_name }}' as source_name,
    '{{ table_name }}' as table_name,
    {%- for column in columns %}
    {{ changed_at(base_model) ~ ' as changed_at' if column == 'changed_at' else column }}
    {{- ',' if not loop.last }}
    {%- endfor %}
from {{ ref(base_model) }}
where {{ condition }}
    {{- "\nunion all" if not loop.last }}
    {%- endfor %}
{% endmacro %}


{# When a judgement of a base model was made. #}
{% macro changed_at(base_model) -%}
    {%- set nodes = graph.nodes if graph else {} -%}
    {%- set node = nodes['model.' ~ project_name ~ '.' ~ base_model] -%}
    {{ typed_null('timestamp') if node and node.config.materialized == 'table' else 'loaded_at' }}
{%- endmacro %}

{#
    The judged rows of every table of the enabled sources, with source_name and table_name in front.

    columns: which columns of the base models; condition: which rows.
#}
{% macro union_judged_rows(columns, condition='1 = 1') %}
    {%- for source_name, table_name in enabled_tables() %}
select
    '{{ source_name }}' as source_name,
    '{{ table_name }}' as table_name,
    {{ columns | join(',\n    ') }}
from {{ ref('base_' ~ source_name ~ '__' ~ table_name) }}
where {{ condition }}
    {{- "\nunion all" if not loop.last }}
    {%- endfor %}
{% endmacro %}

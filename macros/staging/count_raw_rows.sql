{# One row per raw table of an enabled source (source_name, table_name, row_count); none where no source is enabled. #}
{% macro count_raw_rows() %}
    {%- for source_name, table_name in enabled_tables() %}
    {%- if source_name ~ '.' ~ table_name in var('absent_tables') %}
select
    '{{ source_name }}' as source_name,
    '{{ table_name }}' as table_name,
    0 as row_count
    {%- else %}
select
    '{{ source_name }}' as source_name,
    '{{ table_name }}' as table_name,
    count(*) as row_count
from {{ source(source_name, table_name) }}
    {%- endif %}
    {{- "\nunion all" if not loop.last }}
    {%- endfor %}
{% endmacro %}


{# [source name, table name] of every table of the enabled sources. #}
{% macro enabled_tables() %}
    {% do check_vars() %}
    {% set tables = [] %}
    {% for source_name, system in var('source_systems').items() if source_name in var('sources') %}
        {% for table_name in system.tables %}
            {% do tables.append([source_name, table_name]) %}
        {% endfor %}
    {% endfor %}
    {{ return(tables) }}
{% endmacro %}

{#
    Whether what its source does not show rests (a condition): the source is off, or lacks a table of
    records that it had when the record was last seen. Else it is gone.

    source_name, absent_tables: SQL expressions; the latter as absent_tables_of() gave it then.
#}
{% macro is_at_rest(source_name, absent_tables) -%}
    {%- do check_vars() %}
    {{ source_name }} not in ('{{ var('sources') | join("', '") }}')
    {%- for source, tables in absent_record_tables().items() %}
    {%- for table_name in tables %}
    or (
        {{ source_name }} = '{{ source }}'
        and {{ dbt.position("'|" ~ table_name ~ "|'", absent_tables) }} = 0
    )
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}


{# The absent tables of a source, each between bars: `|account|contact|`, or `|`. #}
{% macro absent_tables_of(source_name) -%}
    {%- do check_vars() -%}
    case
        {%- for source, tables in absent_record_tables().items() %}
        when {{ source_name }} = '{{ source }}' then '|{{ tables | join("|") }}|'
        {%- endfor %}
        when true then '|'
    end
{%- endmacro %}


{# The absent tables (var absent_tables) that records or their identifiers are made of, by source. #}
{% macro absent_record_tables() %}
    {% set absent = {} %}
    {% for table in var('absent_tables') %}
        {% set source_name, table_name = table.split('.') %}
        {% if is_of_records(source_name, table_name) %}
            {% do absent.setdefault(source_name, []).append(table_name) %}
        {% endif %}
    {% endfor %}
    {{ return(absent) }}
{% endmacro %}


{# Whether a source's records are made of a table, among others; in a unit test of any. #}
{% macro is_of_records(source_name, table_name) %}
    {% if not execute or 'nodes' not in graph %}{{ return(true) }}{% endif %}
    {% set model = 'model.' ~ project_name ~ '.' %}
    {{ return(model ~ 'base_' ~ source_name ~ '__' ~ table_name in upstream_of([
        model ~ 'map_' ~ source_name ~ '__party_records',
        model ~ 'map_' ~ source_name ~ '__party_identifiers',
    ])) }}
{% endmacro %}

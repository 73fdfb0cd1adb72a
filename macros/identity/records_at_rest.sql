{#
    Whether a record that its source does not show rests (a condition): the source is off, or lacks a
    table that it had when the record was last seen. Else the record is gone.

    known: a relation of int_identity__known_records.
#}
{% macro is_at_rest(known) -%}
    {%- do check_vars() %}
    {{ known }}.source_name not in ('{{ var('sources') | join("', '") }}')
    {%- for table in var('absent_tables') %}
    {%- set source_name, table_name = table.split('.') %}
    or (
        {{ known }}.source_name = '{{ source_name }}'
        and {{ dbt.position("'|" ~ table_name ~ "|'", known ~ '.absent_tables') }} = 0
    )
    {%- endfor %}
{%- endmacro %}


{# The absent tables of a record's source, each between bars: `|stores|products|`, or `|`. #}
{% macro absent_tables_of(source_name) -%}
    {%- do check_vars() -%}
    {%- set tables = {} -%}
    {%- for table in var('absent_tables') -%}
        {%- do tables.setdefault(table.split('.')[0], []).append(table.split('.')[1]) -%}
    {%- endfor -%}
    case
        {%- for source, names in tables.items() %}
        when {{ source_name }} = '{{ source }}' then '|{{ names | join("|") }}|'
        {%- endfor %}
        when true then '|'
    end
{%- endmacro %}

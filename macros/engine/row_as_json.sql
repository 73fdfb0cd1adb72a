{#
    A raw row as JSON text, in two steps so that only the rows that need it pay for it:
    row_as_value carries the row along, value_as_json writes it. Keys are the column names in lower
    case, in the table's order; nulls are kept.

    relation: the alias of a CTE; columns: its columns, each with name and dtype.
#}
{% macro row_as_value(relation, columns) %}
    {{- return(adapter.dispatch('row_as_value')(relation, columns)) -}}
{% endmacro %}


{% macro value_as_json(value) %}
    {{- return(adapter.dispatch('value_as_json')(value)) -}}
{% endmacro %}


{% macro duckdb__row_as_value(relation, columns) -%}
    {{ relation }}
{%- endmacro %}


{% macro duckdb__value_as_json(value) -%}
    cast(to_json({{ value }}) as varchar)
{%- endmacro %}


{# An object would sort its keys; a time as text would have three decimals, always. #}
{% macro snowflake__row_as_value(relation, columns) -%}
    array_construct(
        {%- for column in columns %}
        {%- set value = relation ~ '.' ~ column.name -%}
        {%- if 'timestamp' in column.dtype | lower -%}
            {%- set value = "rtrim(rtrim(to_char(" ~ value ~ ", 'YYYY-MM-DD HH24:MI:SS.FF6'), '0'), '.')" -%}
        {%- endif %}
        '"{{ column.name | lower }}":' || coalesce(to_json(to_variant({{ value }})), 'null')
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro snowflake__value_as_json(value) -%}
    '{' || array_to_string({{ value }}, ',') || '}'
{%- endmacro %}


{% macro databricks__row_as_value(relation, columns) -%}
    named_struct(
        {%- for column in columns %}
        '{{ column.name | lower }}', {{ as_json_value(relation ~ '.' ~ column.name, column.dtype) }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro databricks__value_as_json(value) -%}
    to_json({{ value }}, map('ignoreNullFields', 'false'))
{%- endmacro %}


{# A column as JSON shall hold it: times as text, since each engine writes them in its own way. #}
{% macro as_json_value(column, data_type) -%}
    {%- if 'timestamp' in data_type | lower -%} cast({{ column }} as {{ dbt.type_string() }})
    {%- else -%} {{ column }}
    {%- endif -%}
{%- endmacro %}

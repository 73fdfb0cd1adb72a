{#
    A raw value as text, in one spelling whatever its type: a whole number has no fraction (a data
    frame writes 123 as 123.0), NaN is nothing, and a time is in UTC.

    column: its name, quoted; data_type: its type as the engine says it. Text stays as it is.
#}
{% macro typed_as_text(column, data_type) %}
    {%- set kind = data_type | upper -%}
    {%- if kind.startswith(('FLOAT', 'DOUBLE', 'REAL')) -%}
        {{- float_as_text(column) -}}
    {%- elif kind.startswith('TIMESTAMP') -%}
        {{- adapter.dispatch('time_as_text')(column, kind) -}}
    {%- else -%}
        cast({{ column }} as {{ dbt.type_string() }})
    {%- endif -%}
{% endmacro %}


{# Beyond 10^15 a floating number tells neighbours apart no more: it stays as the engine writes it. #}
{% macro float_as_text(column) -%}
    case
        when lower(cast({{ column }} as {{ dbt.type_string() }})) = 'nan' then null
        when {{ column }} = floor({{ column }}) and abs({{ column }}) < 1000000000000000
            then cast(cast({{ column }} as bigint) as {{ dbt.type_string() }})
        else cast({{ column }} as {{ dbt.type_string() }})
    end
{%- endmacro %}


{# (The session is in UTC.) #}
{% macro default__time_as_text(column, data_type) -%}
    cast({{ column }} as {{ dbt.type_string() }})
{%- endmacro %}


{% macro duckdb__time_as_text(column, data_type) -%}
    {%- set time = column ~ " at time zone 'UTC'" if 'ZONE' in data_type else column -%}
    cast({{ time }} as varchar)
{%- endmacro %}


{# A cast would give three decimals. #}
{% macro snowflake__time_as_text(column, data_type) -%}
    {%- set time = column if 'NTZ' in data_type else "convert_timezone('UTC', " ~ column ~ ')' -%}
    to_char({{ time }}, 'YYYY-MM-DD HH24:MI:SS.FF6')
{%- endmacro %}


{# Whether values of an engine's type may hold any text. #}
{% macro is_text_type(data_type) %}
    {{ return(not (data_type | lower).startswith((
        'bool', 'date', 'decimal', 'double', 'float', 'int', 'number', 'numeric', 'real', 'bigint',
        'hugeint', 'smallint', 'tinyint', 'timestamp', 'ubigint', 'uinteger', 'usmallint', 'utinyint',
    ))) }}
{% endmacro %}

{# A raw value as trimmed text; empty text is null. #}
{% macro raw_text(column) %}nullif({{ trim_column(column) }}, ''){% endmacro %}


{# A column of a raw row's key as text; null where a spreadsheet left the word for an error in it. #}
{% macro raw_key_text(column) -%}
    case
        when lower({{ raw_text(column) }}) in ('{{ spreadsheet_errors() | join("', '") }}') then null
        else {{ raw_text(column) }}
    end
{%- endmacro %}


{# The key of a raw row: the key columns, as text, joined by '|'. #}
{% macro raw_row_key(columns) -%}
    {%- set texts = [] -%}
    {%- for column in columns -%}
        {%- do texts.append(raw_key_text(column)) -%}
    {%- endfor -%}
    {{ texts | join(" || '|' || ") }}
{%- endmacro %}


{#
    A raw time as a UTC timestamp, read as text where it is not a plain timestamp already.

    raw_columns: the table's, each with name and dtype; column: the name of one.
#}
{% macro raw_time(raw_columns, column) -%}
    {%- set data_types = {} -%}
    {%- for raw_column in raw_columns -%}
        {%- do data_types.update({raw_column.name | lower: raw_column.dtype | upper}) -%}
    {%- endfor -%}
    {%- if data_types[column | lower] in ('TIMESTAMP', 'TIMESTAMP_NTZ') -%}
        cast({{ column }} as {{ dbt.type_timestamp() }})
    {%- else -%}
        {{ to_utc_timestamp(raw_text(column)) }}
    {%- endif -%}
{%- endmacro %}

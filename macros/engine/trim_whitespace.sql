{#
    A text without white space at either end: space, tab, line feed, carriage return, no-break
    space, zero-width space, byte order mark.
#}
{% macro trim_whitespace(text) %}
    {{- return(adapter.dispatch('trim_whitespace')(text)) -}}
{% endmacro %}


{% macro duckdb__trim_whitespace(text) -%}
    trim({{ text }}, e' \t\n\r' || chr(160) || chr(8203) || chr(65279))
{%- endmacro %}


{% macro snowflake__trim_whitespace(text) -%}
    trim({{ text }}, ' \t\n\r\u00a0\u200b\ufeff')
{%- endmacro %}


{% macro databricks__trim_whitespace(text) -%}
    trim(both ' \t\n\r\u00a0\u200b\ufeff' from {{ text }})
{%- endmacro %}


{#
    The text of a column without white space at either end.

    DuckDB makes its set of characters anew for every value that it trims, so it looks first whether
    there is anything to trim, which costs less.
#}
{% macro trim_column(column) %}
    {{- return(adapter.dispatch('trim_column')(column)) -}}
{% endmacro %}


{% macro default__trim_column(column) -%}
    {{ trim_whitespace('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}


{% macro duckdb__trim_column(column) -%}
    {%- set text = 'cast(' ~ column ~ ' as varchar)' -%}
    {%- set white_space = '[ \\t\\n\\r\\x{a0}\\x{200b}\\x{feff}]' -%}
    case
        when regexp_matches({{ text }}, '^{{ white_space }}|{{ white_space }}$') then {{ trim_whitespace(text) }}
        else {{ text }}
    end
{%- endmacro %}

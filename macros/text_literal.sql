{# A text, or null where it is none, as dbt's type of text. #}
{% macro text_literal(text) -%}
    {%- set literal = 'null' if text is none else "'" ~ dbt.escape_single_quotes(text) ~ "'" -%}
    {{- return('cast(' ~ literal ~ ' as ' ~ dbt.type_string() ~ ')') -}}
{%- endmacro %}

{# The SQL literal of a text, null where it is none, cast to the engine's type of text. #}
{% macro text_literal(text) -%}
    {%- set literal = 'null' if text is none else "'" ~ dbt.escape_single_quotes(text) ~ "'" -%}
    {{- return('cast(' ~ literal ~ ' as ' ~ dbt.type_string() ~ ')') -}}
{%- endmacro %}

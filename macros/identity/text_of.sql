{# All that some columns of a row say, as one text. columns: their names, or a mapping by name. #}
{% macro text_of(columns) -%}
    {%- set texts = ["''"] -%}
    {%- for column in columns -%}
        {%- do texts.append('coalesce(cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ '), chr(30))') -%}
    {%- endfor -%}
    {{- return(texts | join(' || chr(31) || ')) -}}
{%- endmacro %}

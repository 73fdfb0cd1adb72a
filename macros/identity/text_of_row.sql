{#
    All that a row of a conformed entity says, as one text.

    entity: its name in var('source_systems'), with a contract of columns.
#}
{% macro text_of_row(entity) -%}
    {%- set texts = ["''"] -%}
    {%- for column in columns_of_entity(entity) -%}
        {%- do texts.append('coalesce(cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ '), chr(30))') -%}
    {%- endfor -%}
    {{ texts | join(' || chr(31) || ') }}
{%- endmacro %}

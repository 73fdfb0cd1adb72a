{# All that some columns of a row say, as one text. columns: each with name and data_type. #}
{% macro text_of(columns) -%}
    {%- set texts = ["''"] -%}
    {%- for column in columns -%}
        {#- (contracts' times are without a zone) -#}
        {%- set data_type = 'timestamp_ntz' if column.data_type == 'timestamp' else column.data_type -%}
        {%- do texts.append('coalesce(' ~ typed_as_text(column.name, data_type) | trim ~ ', chr(30))') -%}
    {%- endfor -%}
    {{- return(texts | join(' || chr(31) || ')) -}}
{%- endmacro %}


{# A number that tells one bag of texts, none of them null, from another, whatever their order (an aggregate). #}
{% macro sum_of_hashes(text) -%}
    sum({{ hash_of_text(text) }})
{%- endmacro %}

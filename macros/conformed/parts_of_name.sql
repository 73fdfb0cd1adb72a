{# The given name of a person's name in one piece: its first word (`Ann` of `Ann van Dyk`). #}
{% macro given_name_of(name) -%}
    split_part({{ name }}, ' ', 1)
{%- endmacro %}


{# The family name of a person's name in one piece: all behind its first word; null where that is all. #}
{% macro family_name_of(name) -%}
    nullif(ltrim(substr({{ name }}, length({{ given_name_of(name) }}) + 1)), '')
{%- endmacro %}

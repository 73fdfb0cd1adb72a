{#
    A number that stands for a text that is never null. It means something within one engine only.
#}
{% macro hash_of_text(text) %}
    {{- return(adapter.dispatch('hash_of_text')(text)) -}}
{% endmacro %}


{% macro default__hash_of_text(text) -%}
    hash({{ text }})
{%- endmacro %}


{% macro databricks__hash_of_text(text) -%}
    cast(xxhash64({{ text }}) as decimal(38, 0))
{%- endmacro %}

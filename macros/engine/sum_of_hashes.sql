{#
    A number that tells one bag of texts from another, whatever their order (an aggregate).

    text: a SQL expression that is never null. Means something within one engine only.
#}
{% macro sum_of_hashes(text) %}
    {{- return(adapter.dispatch('sum_of_hashes')(text)) -}}
{% endmacro %}


{% macro default__sum_of_hashes(text) -%}
    sum(hash({{ text }}))
{%- endmacro %}


{% macro databricks__sum_of_hashes(text) -%}
    sum(cast(xxhash64({{ text }}) as decimal(38, 0)))
{%- endmacro %}

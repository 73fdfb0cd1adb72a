{#
    A number that stands for what some columns of a row say. It means something within one engine only.

    columns: each with name and data_type. DuckDB's hash tells nulls and places apart by itself, at a
    third of what a text of them costs; Databricks' leaves nulls out.
#}
{% macro hash_of_row(columns) %}
    {{- return(adapter.dispatch('hash_of_row')(columns)) -}}
{% endmacro %}


{% macro default__hash_of_row(columns) -%}
    {{ hash_of_text(text_of(columns)) }}
{%- endmacro %}


{% macro duckdb__hash_of_row(columns) -%}
    hash({{ columns | map(attribute='name') | join(', ') }})
{%- endmacro %}

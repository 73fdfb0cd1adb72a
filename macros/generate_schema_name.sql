{#
    The schema a model is built in: its own name alone for the targets `duckdb` and `prod`, with the
    developer's schema in front (jane_marts) elsewhere; with the suffix _backfill where a backfill
    makes it aside.
#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set suffix = '_backfill' if is_made_aside(node) else '' -%}
    {%- if custom_schema_name is none -%}
        {{ target.schema }}
    {%- elif target.name in ('duckdb', 'prod') -%}
        {{ custom_schema_name | trim }}{{ suffix }}
    {%- else -%}
        {{ target.schema }}_{{ custom_schema_name | trim }}{{ suffix }}
    {%- endif -%}
{%- endmacro %}

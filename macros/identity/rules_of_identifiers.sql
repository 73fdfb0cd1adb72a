{#
    A hash of what the identifiers of a source's records are made by (see rules_of), as SQL.

    source_name: a SQL expression.
#}
{% macro rules_of_identifiers(source_name) -%}
    case
        {%- for source in suppliers_of('party_identifiers') %}
        when {{ source_name }} = '{{ source }}' then '{{ rules_of_source(source) }}'
        {%- endfor %}
        when true then ''
    end
{%- endmacro %}


{# The rules of a source's mappings of records and identifiers, and of where they come together. #}
{% macro rules_of_source(source) %}
    {%- if execute and 'nodes' in graph -%}
        {%- set rules = [] -%}
        {%- for entity in ['party_identifiers', 'party_records'] -%}
            {%- set mapping = 'model.' ~ project_name ~ '.map_' ~ source ~ '__' ~ entity -%}
            {%- set union = 'model.' ~ project_name ~ '.int_' ~ entity -%}
            {%- do rules.append(rules_of(graph.nodes[mapping]) if mapping in graph.nodes else '') -%}
            {%- do rules.append(graph.nodes[union].checksum.checksum) -%}
        {%- endfor -%}
        {{- local_md5(rules | join(' ')) -}}
    {%- endif -%}
{% endmacro %}

{# A hash of what the identifiers of records are made by (see rules_of). #}
{% macro rules_of_identifiers() %}
    {%- if execute and 'nodes' in graph -%}
        {{- rules_of(graph.nodes['model.' ~ project_name ~ '.int_party_identifiers']) -}}
    {%- endif -%}
{% endmacro %}

{# The raw tables of the enabled sources, as the graph has them: other sources are tables of our own. #}
{% macro raw_sources() %}
    {% set nodes = [] %}
    {% for node in graph.sources.values() %}
        {% if node.package_name == project_name and node.source_name in var('source_systems') %}
            {% do nodes.append(node) %}
        {% endif %}
    {% endfor %}
    {{ return(nodes) }}
{% endmacro %}

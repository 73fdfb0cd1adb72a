{#
    The models that are published: all of this project with `access: public`, of whatever area.

    Returns their graph nodes in the order of their names. Raises where one has not been built.
#}
{% macro public_marts() %}
    {% set nodes = [] %}
    {% set missing = [] %}
    {% for node in graph.nodes.values() | sort(attribute='alias') %}
        {% if node.resource_type == 'model' and node.package_name == project_name
            and node.access == 'public' %}
            {% do nodes.append(node) %}
            {% if adapter.get_relation(node.database, node.schema, node.alias) is none %}
                {% do missing.append(node.schema ~ '.' ~ node.alias) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% if missing %}
        {% do exceptions.raise_compiler_error(
            'Nothing was published, because these public marts have not been built: '
            ~ missing | join(', ') ~ '. Run dbt build first.'
        ) %}
    {% endif %}
    {{ return(nodes) }}
{% endmacro %}

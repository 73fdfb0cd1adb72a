{#
    The models that are published: all of this project whose config says `meta: {published: true}`,
    of whatever area and access.

    Returns their graph nodes in the order of their names. Raises where one has not been built, is a
    table of operations, or holds raw rows.
#}
{% macro published_models() %}
    {% set nodes = [] %}
    {% set missing = [] %}
    {% set operations = [] %}
    {% set raw = [] %}
    {% for node in graph.nodes.values() | sort(attribute='alias') %}
        {% if node.resource_type == 'model' and node.package_name == project_name
            and node.config.meta.published %}
            {% do nodes.append(node) %}
            {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
            {% if relation is none %}
                {% do missing.append(node.schema ~ '.' ~ node.alias) %}
            {% endif %}
            {% if node.config.schema == 'operations' %}{% do operations.append(node.alias) %}{% endif %}
            {% if is_raw_row_among(node.columns) or relation and has_raw_rows(relation) %}
                {% do raw.append(node.alias) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% if raw %}
        {% do exceptions.raise_compiler_error(
            'Nothing was published, because there are raw rows, which BI may not see, in '
            ~ raw | join(', ') ~ ' (column raw_row). Take the column out of the model, or '
            ~ '`published: true` out of its meta.'
        ) %}
    {% endif %}
    {% if operations %}
        {% do exceptions.raise_compiler_error(
            'Nothing was published, because ' ~ operations | join(', ') ~ ' is of the schema operations, '
            ~ 'which speaks of the warehouse and is not for BI. Take `published: true` out of its meta.'
        ) %}
    {% endif %}
    {% if missing %}
        {% do exceptions.raise_compiler_error(
            'Nothing was published, because these models have not been built: '
            ~ missing | join(', ') ~ '. Run dbt build first.'
        ) %}
    {% endif %}
    {{ return(nodes) }}
{% endmacro %}

{# The table of a node of the graph, for what works on nodes that it finds there. #}
{% macro relation_of_node(node) %}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias, type='table'
    )) }}
{% endmacro %}

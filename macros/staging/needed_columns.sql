{#
    The columns that each file of a raw table must have, in lower case as they must stand in it, the
    time of loading last. (JSON is not held to them: its keys may come and go.)

    node: the raw table in the graph.
#}
{% macro needed_columns(node) %}
    {% set names = contract_of(node).columns.values() | rejectattr('meta.optional')
        | map(attribute='name') | list %}
    {{ return(names + [(node.loaded_at_field or '_loaded_at') | lower]) }}
{% endmacro %}


{# The base model that judges the rows of a raw table: its YAML is the table's contract. #}
{% macro contract_of(node) %}
    {{ return(graph.nodes[
        'model.' ~ project_name ~ '.base_' ~ node.source_name ~ '__' ~ node.name
    ]) }}
{% endmacro %}

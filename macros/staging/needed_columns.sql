{#
    The columns that each file of a raw table must have, in lower case, by the names it gives them; the
    time of loading is the last. (JSON is not held to them: its keys may come and go.)

    node: the raw table in the graph.
#}
{% macro needed_columns(node) %}
    {% set columns = contract_of(node).columns.values() | list %}
    {% set names = [] %}
    {% for column in columns if is_needed(column.name, columns) %}
        {% do names.append(raw_name(node.source_name ~ '.' ~ node.name, column.name) | lower) %}
    {% endfor %}
    {{ return(names + [(node.loaded_at_field or '_loaded_at') | lower]) }}
{% endmacro %}


{# The columns of a raw table's contract by the names that the table gives them, and the time of loading. #}
{% macro columns_of_files(node) %}
    {% set names = [] %}
    {% for name in contract_of(node).columns %}
        {% do names.append(raw_name(node.source_name ~ '.' ~ node.name, name)) %}
    {% endfor %}
    {{ return(names + [node.loaded_at_field or '_loaded_at']) }}
{% endmacro %}


{# The base model that judges the rows of a raw table: its YAML is the table's contract. #}
{% macro contract_of(node) %}
    {{ return(graph.nodes[
        'model.' ~ project_name ~ '.base_' ~ node.source_name ~ '__' ~ node.name
    ]) }}
{% endmacro %}

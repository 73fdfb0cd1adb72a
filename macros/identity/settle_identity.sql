{#
    Empties the queues of identity, when all that is made of them was: a post-hook of the last model, which
    runs only where those before it ended well. Prints how much was made anew. In a run of some of the
    models the others have still to come, so the queues stay.
#}
{% macro settle_identity() %}
    {% if execute %}
        {% for queue in ['changed_records', 'scope', 'changed_customers'] %}
            {% set queue_node = graph.nodes['model.' ~ project_name ~ '.int_identity__' ~ queue] %}
            {% if builds_all_of_identity_after(queue_node) %}
                {% set relation = this.incorporate(path={'identifier': queue_node.alias}) %}
                {% do log(
                    this.schema ~ '.' ~ queue_node.alias ~ ': '
                    ~ scalar('select count(*) from ' ~ relation) ~ ' made anew', info=true
                ) %}
                {% do run_query('delete from ' ~ relation) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# Whether this run builds all tables of identity that are made of a model. #}
{% macro builds_all_of_identity_after(first) %}
    {% for node in graph.nodes.values() if node.resource_type == 'model'
        and node.config.schema == 'identity' and node.config.materialized != 'view'
        and node.unique_id not in selected_resources and node.unique_id != first.unique_id %}
        {% if first.unique_id in upstream_of([node.unique_id]) %}{{ return(false) }}{% endif %}
    {% endfor %}
    {{ return(true) }}
{% endmacro %}

{#
    With var('start_anew') and a full refresh: drops what a full refresh keeps (customer ids and their
    history, alerts, daily metrics, fits), for a warehouse that gets another company's data. Goes
    on-run-start.
#}
{% macro start_anew() %}
    {% if execute and var('start_anew') and flags.WHICH in ('run', 'build') %}
        {% if not flags.FULL_REFRESH %}
            {% do exceptions.raise_compiler_error(
                'To start anew, nothing of what was built may stay: add --full-refresh.'
            ) %}
        {% endif %}
        {% for node in graph.nodes.values() if node.resource_type == 'model'
            and node.config.full_refresh is false and node.unique_id in selected_resources %}
            {% set relation = adapter.get_relation(node.database, node.schema, node.alias) %}
            {% if relation %}{% do adapter.drop_relation(relation) %}{% endif %}
        {% endfor %}
        {% do commit_transaction() %}
    {% endif %}
{% endmacro %}

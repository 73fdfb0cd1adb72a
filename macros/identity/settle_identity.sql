{#
    A post-hook of the last model of identity, which runs only where those before it ended well. Keeps by
    which rules all was made, and empties the queues. In a run of some of the models the others have
    still to come, so the queues stay. Prints how much was made anew.
#}
{% macro settle_identity() %}
    {% if execute %}
        {% set changed_records = graph.nodes['model.' ~ project_name ~ '.int_identity__changed_records'] %}
        {% set scope = graph.nodes['model.' ~ project_name ~ '.int_identity__scope'] %}
        {% set told, day = graph.get('identity_rules', {}), graph.get('identity_day', {}) %}
        {% set kept, rules = kept_identity_rules(), recorded_incremental_rules() %}
        {% if told.run == invocation_id and builds_all_of_identity_after(changed_records) %}
            {% do rules.update({last_of_identity().name: told.rules ~ ' ' ~ told.as_of}) %}
            {% do keep_incremental_rules(rules) %}
        {% elif kept and day.run == invocation_id and builds_all_of_identity_after(scope) %}
            {# a day has come on which something was decided, by whatever rules #}
            {% do rules.update({last_of_identity().name: kept[0] ~ ' ' ~ [kept[1], day.as_of] | max}) %}
            {% do keep_incremental_rules(rules) %}
        {% endif %}
        {% for queue in [changed_records, scope] if builds_all_of_identity_after(queue) %}
            {% set relation = this.incorporate(path={'identifier': queue.name}) %}
            {% do log(
                this.schema ~ '.' ~ queue.name ~ ': ' ~ scalar('select count(*) from ' ~ relation)
                ~ ' made anew', info=true
            ) %}
            {% do run_query('delete from ' ~ relation) %}
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

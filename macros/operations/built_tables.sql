{#
    operations.built_tables says of every model, seed and test what it was made of when a night built or
    passed it last (orchestration/changes), so that the next night builds what can have changed.

    claim_built_tables() goes on-run-start: what this run is about to build, whoever started it and with
    whatever vars, is not known any more (inputs is null), and it is this run that builds it (built_by).
    It also goes on-run-end, since another run may have come to its end in the meantime. A night that
    comes to its end writes what it was made of, unless another run has claimed it since.
#}
{% macro claim_built_tables() %}
    {% if execute and flags.WHICH in ('run', 'build', 'seed') and selected_resources %}
        {% set built_tables = load_relation(operations_relation('built_tables')) %}
        {# what a backfill makes aside is not what a night makes #}
        {% set nodes = [] %}
        {% set claims = [] %}
        {% for node in selected_resources if not is_made_aside(graph.nodes.get(node)) %}
            {% do nodes.append(node) %}
            {% do claims.append("('" ~ node ~ "', null, '" ~ invocation_id ~ "', null)") %}
        {% endfor %}
        {% if built_tables is not none and nodes %}
            {% do run_query(
                'delete from ' ~ built_tables ~ " where node in ('" ~ nodes | join("', '") ~ "')"
            ) %}
            {% do run_query(
                'insert into ' ~ built_tables ~ ' (node, inputs, built_by, built_at) values '
                ~ claims | join(', ')
            ) %}
            {% do commit_transaction() %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#
    operations.built_tables says of every model, seed and test what it was made of when a night built or
    passed it last (orchestration/changes), so that the next night builds what can have changed.

    forget_built_tables() goes on-run-start: what this run is about to build, whoever started it and
    with whatever vars, is not known any more. A night that comes to its end writes it again.
#}
{% macro forget_built_tables() %}
    {% if execute and flags.WHICH in ('run', 'build', 'seed') and selected_resources %}
        {% set built_tables = load_relation(operations_relation('built_tables')) %}
        {% if built_tables is not none %}
            {% do run_query(
                'delete from ' ~ built_tables ~ " where node in ('"
                ~ selected_resources | join("', '") ~ "')"
            ) %}
            {% do commit_transaction() %}
        {% endif %}
    {% endif %}
{% endmacro %}

{#
    Drops what earlier versions of this project built under names that are no more, and their schema
    where it holds nothing of anybody else's. Goes on-run-end, and acts after a full refresh only: who
    takes over a warehouse of an earlier version has to run one.
#}
{% macro drop_former_relations() %}
    {% if execute and flags.FULL_REFRESH and flags.WHICH in ('run', 'build') %}
        {% set schema = api.Relation.create(
            database=target.database, schema=generate_schema_name('intermediate', none) | trim
        ) %}
        {% if adapter.check_schema_exists(schema.database, schema.schema) %}
            {% for name in [
                'int_customers__service_counts', 'int_data_quality__rejected_rows',
                'int_data_quality__repaired_rows', 'int_data_quality__row_counts',
            ] %}
                {% set former = adapter.get_relation(schema.database, schema.schema, name) %}
                {% if former %}{% do adapter.drop_relation(former) %}{% endif %}
            {% endfor %}
            {% if not names_in_schema(schema) %}{% do adapter.drop_schema(schema) %}{% endif %}
            {% do commit_transaction() %}
        {% endif %}
    {% endif %}
{% endmacro %}

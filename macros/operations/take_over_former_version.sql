{#
    Brings a warehouse of an earlier version to this one: drops what was built under names that are no
    more, and their schema where nothing else is seen in it. Goes on-run-end, and acts after a full
    refresh only: who takes over such a warehouse has to run one.
#}
{% macro take_over_former_version() %}
    {% if execute and flags.FULL_REFRESH and flags.WHICH in ('run', 'build') %}
        {% set schema = api.Relation.create(
            database=target.database, schema=generate_schema_name('intermediate', none) | trim
        ) %}
        {% set former = [] %}
        {% if adapter.check_schema_exists(schema.database, schema.schema) %}
            {% for name in [
                'int_customers__service_counts', 'int_data_quality__rejected_rows',
                'int_data_quality__repaired_rows', 'int_data_quality__row_counts',
            ] %}
                {% do former.append(adapter.get_relation(schema.database, schema.schema, name)) %}
            {% endfor %}
        {% endif %}
        {% set identity = generate_schema_name('identity', none) | trim %}
        {% for name in [
            'int_identity__edges', 'int_identity__components', 'int_identity__shared_values',
            'int_identity__dropped_links',
        ] %}
            {% set relation = adapter.get_relation(target.database, identity, name) %}
            {% if relation %}{% do adapter.drop_relation(relation) %}{% endif %}
        {% endfor %}
        {% for relation in former | select %}{% do adapter.drop_relation(relation) %}{% endfor %}
        {# without one of them the schema is somebody else's #}
        {% if former | select | list and not names_in_schema(schema) %}
            {% do adapter.drop_schema(schema) %}
        {% endif %}
        {% do commit_transaction() %}
    {% endif %}
{% endmacro %}

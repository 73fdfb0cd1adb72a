{#
    Brings a warehouse of an earlier version to this one. Goes on-run-end, and acts after a full refresh
    only: who takes over such a warehouse has to run one.
#}
{% macro take_over_former_version() %}
    {% if execute and flags.FULL_REFRESH and flags.WHICH in ('run', 'build') %}
        {% do drop_former_relations() %}
        {% do rename_column_of_quality_results() %}
        {% do commit_transaction() %}
    {% endif %}
{% endmacro %}


{# What was built under names that are no more, and their schema where nobody else uses it. #}
{% macro drop_former_relations() %}
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
    {% endif %}
{% endmacro %}


{# What is `gate` now was `door`. #}
{% macro rename_column_of_quality_results() %}
    {% set results = load_relation(operations_relation('quality_results')) %}
    {% set columns = adapter.get_columns_in_relation(results) if results else [] %}
    {% set names = columns | map(attribute='name') | map('lower') | list %}
    {% if 'door' in names %}
        {% do run_query(
            'create or replace table ' ~ results ~ ' as select '
            ~ names | join(', ') | replace('door', 'door as gate') ~ ' from ' ~ results
        ) %}
    {% endif %}
{% endmacro %}

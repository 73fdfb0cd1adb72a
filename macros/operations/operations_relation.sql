{# A table of the schema operations that no model makes: see models/operations/_operations__sources.yml. #}
{% macro operations_relation(identifier) %}
    {{ return(api.Relation.create(
        database=target.database,
        schema=generate_schema_name('operations', none) | trim,
        identifier=identifier,
        type='table',
    )) }}
{% endmacro %}

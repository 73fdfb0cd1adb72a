{#
    Lists the schemas of the raw tables that this run will judge, each once, before threads start:
    dbt's cache takes a schema for known as soon as it has one relation of it, so that a thread which
    asks while another is listing would miss tables that are there.
#}
{% macro look_up_raw_tables() %}
    {% if not execute %}{{ return('') }}{% endif %}
    {% set schemas = [] %}
    {% for node in raw_sources() %}
        {% set base_model = 'model.' ~ project_name ~ '.base_' ~ node.source_name ~ '__' ~ node.name %}
        {% if base_model in selected_resources and (node.database, node.schema) not in schemas %}
            {% do schemas.append((node.database, node.schema)) %}
            {% do adapter.get_relation(node.database, node.schema, node.identifier) %}
        {% endif %}
    {% endfor %}
{% endmacro %}

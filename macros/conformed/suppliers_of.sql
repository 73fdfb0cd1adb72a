{# The enabled sources that supply a conformed entity, in the order of var('source_systems'). #}
{% macro suppliers_of(entity) %}
    {% do check_vars() %}
    {% set suppliers = [] %}
    {% for source_name, system in var('source_systems').items() %}
        {% if source_name in var('sources') and entity in system.supplies %}
            {% do suppliers.append(source_name) %}
        {% endif %}
    {% endfor %}
    {{ return(suppliers) }}
{% endmacro %}

{#
    A post-hook of the last mart that follows int_identity__pending_customers: empties that queue, where
    this run has made the others, too.

    others: their names, joined by commas.
#}
{% macro settle_customers(others) %}
    {% if execute %}
        {% set built = selected_resources | map('replace', 'model.' ~ project_name ~ '.', '') | list %}
        {% if others.split(',') | map('trim') | reject('in', built) | list | length == 0 %}
            {% do run_query('delete from ' ~ ref('int_identity__pending_customers')) %}
        {% endif %}
    {% endif %}
{% endmacro %}

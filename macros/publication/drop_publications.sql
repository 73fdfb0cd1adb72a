{#
    Drops what publishes that died left behind and, unless only_leftovers, all but the last
    var('publications_kept') publications. What is published stays in any case.

    Returns the ids of those that went.
#}
{% macro drop_publications(current_id, only_leftovers=false) %}
    {% set recorded = kept_publications() %}
    {% set kept = recorded if only_leftovers else recorded[-var('publications_kept', 3):] %}
    {% set dropped = [] %}
    {% for publication_id in existing_publications() %}
        {% if publication_id != current_id and publication_id not in kept %}
            {% do drop_publication(publication_id) %}
            {% do dropped.append(publication_id) %}
        {% endif %}
    {% endfor %}
    {{ return(dropped) }}
{% endmacro %}


{# Drops one publication. #}
{% macro drop_publication(publication_id) %}
    {{ return(adapter.dispatch('drop_publication')(publication_id)) }}
{% endmacro %}

{% macro default__drop_publication(publication_id) %}
    {% do run_query(
        'drop schema if exists ' ~ publication_relation(publication_id).without_identifier() ~ ' cascade'
    ) %}
{% endmacro %}

{% macro duckdb__drop_publication(publication_id) %}
    {% do handle_publication_file('drop', publication_id) %}
{% endmacro %}

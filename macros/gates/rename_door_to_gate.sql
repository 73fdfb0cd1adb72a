{#
    Renames the column of operations.quality_results, which is there, that an earlier version called `door`.

    Engines: Delta renames no column of a table that was not made for it, so Databricks writes the
    table anew, in one step.
#}
{% macro rename_door_to_gate() %}
    {% set results = operations_relation('quality_results') %}
    {% set columns = adapter.get_columns_in_relation(results) %}
    {% set names = columns | map(attribute='name') | map('lower') | list %}
    {% if 'door' in names %}
        {% do run_query(adapter.dispatch('door_renamed')(results, names)) %}
    {% endif %}
    {# to look for columns began one, too #}
    {% do commit_transaction() %}
{% endmacro %}

{% macro default__door_renamed(results, names) %}
    {{ return('alter table ' ~ results ~ ' rename column door to gate') }}
{% endmacro %}

{% macro databricks__door_renamed(results, names) %}
    {{ return(
        'create or replace table ' ~ results ~ ' as select '
        ~ names | join(', ') | replace('door', 'door as gate') ~ ' from ' ~ results
    ) }}
{% endmacro %}

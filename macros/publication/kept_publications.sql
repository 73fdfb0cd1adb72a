{# The ids of the publications that can be gone back to, the oldest first. #}
{% macro kept_publications() %}
    {% set recorded = run_query(
        'select publication_id from ' ~ operations_relation('publications')
    ).columns[0].values() | list %}
    {{ return(existing_publications() | select('in', recorded) | list) }}
{% endmacro %}


{#
    The ids of all publications that have a place, whole or not, the oldest first.

    Engines: schemas on Snowflake and Databricks, files on DuckDB.
#}
{% macro existing_publications() %}
    {{ return(adapter.dispatch('existing_publications')()) }}
{% endmacro %}

{% macro default__existing_publications() %}
    {% set schemas = list_schemas(target.database).columns[0].values() %}
    {{ return(ids_in_names(schemas, publication_relation('').schema)) }}
{% endmacro %}

{% macro snowflake__existing_publications() %}
    {% set schemas = list_schemas(target.database).columns['name'].values() %}
    {{ return(ids_in_names(schemas, publication_relation('').schema)) }}
{% endmacro %}

{% macro duckdb__existing_publications() %}
    {{ return(ids_in_names(find_files(publication_path('*')), '', '.duckdb')) }}
{% endmacro %}


{# The ids of publications in names or paths, between what stands before and behind them, in order. #}
{% macro ids_in_names(names, before, behind='') %}
    {% set pattern = '(^|/)' ~ before | lower ~ '([0-9]{8}_[0-9]{6}_[0-9]{6})' ~ behind ~ '$' %}
    {% set ids = [] %}
    {% for name in names %}
        {% set found = modules.re.search(pattern, name | lower) %}
        {% if found %}{% do ids.append(found.group(2)) %}{% endif %}
    {% endfor %}
    {{ return(ids | sort) }}
{% endmacro %}

{#
    Writes down in operations.publications what is published, as the publication itself says: so the
    record is right again even where the last publish died before it could write.

    Returns what is published (publication_id, previous_publication_id, as_of_date, row_counts by
    table), or none.
#}
{% macro record_published() %}
    {% set record = create_publications_record() %}
    {% set text = dbt.type_string() %}
    {% if not attach_published() %}{{ return(none) }}{% endif %}

    {% set published = published_relation('publications') %}
    {% set current = run_query(
        'select publication_id, previous_publication_id, cast(as_of_date as ' ~ text ~ '), row_counts
        from ' ~ published ~ ' where is_current'
    ).rows[0] %}
    {% do run_query(
        'insert into ' ~ record ~ ' select * from ' ~ published ~ '
        where publication_id not in (select publication_id from ' ~ record ~ ')'
    ) %}
    {% do run_query(
        'update ' ~ record ~ ' set is_current = (publication_id = ' ~ text_literal(current[0]) ~ ')'
    ) %}
    {% do detach_published() %}
    {{ return({
        'publication_id': current[0],
        'previous_publication_id': current[1],
        'as_of_date': current[2],
        'row_counts': fromjson(current[3]),
    }) }}
{% endmacro %}


{# Makes operations.publications where it is not there yet; returns it. #}
{% macro create_publications_record() %}
    {% set record = operations_relation('publications') %}
    {% set text = dbt.type_string() %}
    {% do run_query('create schema if not exists ' ~ record.without_identifier()) %}
    {% do run_query(
        'create table if not exists ' ~ record ~ ' (publication_id ' ~ text
        ~ ', published_at ' ~ api.Column.translate_type('timestamp') ~ ', run_id ' ~ text
        ~ ', as_of_date date, previous_publication_id ' ~ text ~ ', row_counts ' ~ text
        ~ ', is_current boolean)'
    ) %}
    {{ return(record) }}
{% endmacro %}


{# Makes what is published readable; false where nothing is. #}
{% macro attach_published() %}
    {{ return(adapter.dispatch('attach_published')()) }}
{% endmacro %}

{% macro default__attach_published() %}
    {% set published = published_relation('publications') %}
    {{ return(
        adapter.get_relation(published.database, published.schema, published.identifier) is not none
    ) }}
{% endmacro %}

{% macro duckdb__attach_published() %}
    {% set is_there = find_files(publication_path()) | length > 0 %}
    {% if is_there %}{% do attach_file(publication_path(), 'now_published', 'read_only') %}{% endif %}
    {{ return(is_there) }}
{% endmacro %}


{# Ends what attach_published() began. #}
{% macro detach_published() %}
    {{ return(adapter.dispatch('detach_published')()) }}
{% endmacro %}

{% macro default__detach_published() %}
{% endmacro %}

{% macro duckdb__detach_published() %}
    {% do run_query('detach now_published') %}
{% endmacro %}

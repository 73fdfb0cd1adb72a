{#
    Shows BI a new publication of the published models, or goes back to a former one.

        dbt run-operation publish
        dbt run-operation publish --args '{back: true}'
        dbt run-operation publish --args '{to: 20260701_021500_000000}'

    BI reads the schema `published`, where it always finds one whole publication. First all models
    with `meta: {published: true}` are copied beside it; then `published` is turned to the copies;
    then it is written down in operations.publications, and the publications beyond
    var('publications_kept') go, as does what a publish that died left behind.

    to: the publication to go back to; back: go to the one that the current one took the place of.
    run_id: the run that publishes, where it is another than dbt's.
    Returns what is published now: publication_id, previous_publication_id (what was published
    before), as_of_date, row_counts and previous_row_counts (by table), kept, dropped,
    and a description of it in lines of text.
    Engines: see the macros beside this one. One publish at a time.
#}
{% macro publish(to=none, back=false, run_id=none) %}
    {% set before = record_published() %}
    {% if to or back %}
        {% set publication_id = to or (before or {}).get('previous_publication_id') %}
        {% do check_can_be_shown(publication_id, before) %}
    {% else %}
        {% set now = modules.datetime.datetime.now(modules.pytz.utc) %}
        {% set publication_id = now.strftime('%Y%m%d_%H%M%S_%f') %}
        {% do write_publication(publication_id, now, (before or {}).get('publication_id'), run_id) %}
    {% endif %}

    {% do turn_published(publication_id) %}
    {% set after = record_published() %}
    {% set dropped = drop_publications(after['publication_id'], only_leftovers=to or back) %}

    {% set outcome = {
        'publication_id': after['publication_id'],
        'previous_publication_id': (before or {}).get('publication_id'),
        'as_of_date': after['as_of_date'],
        'row_counts': after['row_counts'],
        'previous_row_counts': (before or {}).get('row_counts', {}),
        'kept': kept_publications(),
        'dropped': dropped,
    } %}
    {% do outcome.update({'description': describe_publication(outcome)}) %}
    {% for line in outcome['description'] %}
        {% do log(line, info=true) %}
    {% endfor %}
    {{ return(outcome) }}
{% endmacro %}


{#
    Raises where there is no going to a publication: it is not kept, or holds raw rows.
    before: what is published, or none.
#}
{% macro check_can_be_shown(publication_id, before) %}
    {% set kept = kept_publications() %}
    {% set choice = 'Kept: ' ~ (kept | join(', ')) ~ '.' %}
    {% if not kept or before is none %}
        {% do exceptions.raise_compiler_error(
            'Nothing is published yet, so there is nothing to go back to: publish first.'
        ) %}
    {% elif not publication_id %}
        {% do exceptions.raise_compiler_error(
            before['publication_id'] ~ ' took the place of no publication: name the one to go to. '
            ~ choice
        ) %}
    {% elif publication_id not in kept %}
        {% do exceptions.raise_compiler_error(
            'Publication ' ~ publication_id ~ ' is not kept (any more): name another one. ' ~ choice
        ) %}
    {% endif %}
    {% set raw = tables_with_raw_rows(publication_id) %}
    {% if raw %}
        {% do exceptions.raise_compiler_error(
            'Publication ' ~ publication_id ~ ' holds raw rows, in ' ~ raw | join(', ')
            ~ ', which BI may not see any more: name another one, or publish anew. ' ~ choice
        ) %}
    {% endif %}
{% endmacro %}


{# An outcome of publish() in lines of text: what is published, and what changed. #}
{% macro describe_publication(outcome) %}
    {% set before = outcome['previous_row_counts'] %}
    {% set after = outcome['row_counts'] %}
    {% set names = (before.keys() | list + after.keys() | list) | unique | sort %}
    {% set width = names | map('length') | max %}
    {% set lines = [
        'Published ' ~ outcome['publication_id'] ~ ' (as of ' ~ outcome['as_of_date'] ~ '); before: '
        ~ (outcome['previous_publication_id'] or 'nothing') ~ '.'
    ] %}
    {% for name in names %}
        {% set rows = '{:,}'.format(after[name]) ~ ' rows' if name in after else 'gone' %}
        {% if name not in before %}
            {% set change = 'new' %}
        {% elif name not in after %}
            {% set change = 'had {:,}'.format(before[name]) %}
        {% else %}
            {% set difference = after[name] - before[name] %}
            {% set change = '{:+,}'.format(difference) if difference else 'as many as before' %}
        {% endif %}
        {% do lines.append('  ' ~ name.ljust(width) ~ '  ' ~ rows ~ ' (' ~ change ~ ')') %}
    {% endfor %}
    {% do lines.append('Kept: ' ~ outcome['kept'] | join(', ') ~ '.') %}
    {% if outcome['dropped'] %}
        {% do lines.append('Dropped: ' ~ outcome['dropped'] | join(', ') ~ '.') %}
    {% endif %}
    {{ return(lines) }}
{% endmacro %}

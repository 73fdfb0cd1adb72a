{#
    Raises a compiler error, before anything changes, where more keys are gone from a raw table that
    is loaded whole than var('max_removed_share') allows: a file that is empty or was cut short would
    take customers with it, and what they were known by. Of those that this run builds and that were
    built before. A table of fewer than 20 keys may lose some, not all: of three stores one may close.
#}
{% macro check_removed_shares() %}
    {% if not execute or flags.WHICH not in ('run', 'build') or var('start_anew') %}
        {{ return('') }}
    {% endif %}
    {% set tables = [] %}
    {% for source_name, table_name in enabled_tables() %}
        {% set id = source_name ~ '.' ~ table_name %}
        {% set node = graph.nodes['model.' ~ project_name ~ '.base_' ~ id | replace('.', '__')] %}
        {% set raw = graph.sources.get('source.' ~ project_name ~ '.' ~ id) %}
        {% if node.config.meta.loaded == 'whole' and node.unique_id in selected_resources and raw %}
            {% set base = adapter.get_relation(node.database, node.schema, node.alias) %}
            {% set raw_table = adapter.get_relation(raw.database, raw.schema, raw.identifier) %}
            {% if base is not none and raw_table is not none %}
                {% do tables.append((source_name, table_name, raw_table, base)) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% set seed = graph.nodes['seed.' ~ project_name ~ '.placeholder_values'] %}
    {% set seed = adapter.get_relation(seed.database, seed.schema, seed.alias) %}
    {% if not tables or seed is none %}{{ return('') }}{% endif %}
    {% set placeholders = placeholders(seed) %}
    {% set queries = [] %}
    {% for source_name, table_name, raw_table, base in tables %}
        {% do queries.append(
            "select '" ~ source_name ~ '.' ~ table_name ~ "' as raw_table, count(*) as judged_count, "
            ~ 'count(*) - count(received.row_key) as gone_count from '
            ~ '(select distinct row_key from ' ~ base ~ ' where row_key is not null) as judged '
            ~ 'left join (select distinct ' ~ raw_key_of(source_name, table_name, raw_table, placeholders)
            ~ ' as row_key from ' ~ raw_table ~ ') as received on judged.row_key = received.row_key'
        ) %}
    {% endfor %}
    {% set told = [] %}
    {% set models = [] %}
    {% set shares = [] %}
    {% for raw_table, judged_count, gone_count in run_query(
        queries | join(' union all ') ~ ' order by 1'
    ).rows %}
        {% set share = gone_count / judged_count if judged_count else 0 %}
        {% if share > var('max_removed_share') and (judged_count >= 20 or share == 1) %}
            {% do told.append(
                raw_table ~ ' (' ~ gone_count ~ ' of ' ~ judged_count ~ ', ' ~ '%.1f' % (share * 100) ~ ' %)'
            ) %}
            {% do models.append('base_' ~ raw_table | replace('.', '__')) %}
            {% do shares.append((share * 100) | round(0, 'ceil') / 100) %}
        {% endif %}
    {% endfor %}
    {% if told %}
        {% do exceptions.raise_compiler_error(
            'Keys that were judged are in their raw tables no more: ' ~ told | join(', ') ~ '. These tables are '
            ~ 'loaded whole, so what hangs on those keys would go, too, and var max_removed_share allows '
            ~ '%.1f' % (var('max_removed_share') * 100) ~ ' % of a table. Nothing was changed. Load them whole, or put back '
            ~ 'the file that was moved away; or, where it is right, let it through once, with the same --vars: dbt run --select '
            ~ models | join(' ') ~ (' --full-refresh' if flags.FULL_REFRESH else '')
            ~ " --vars '{max_removed_share: " ~ shares | max ~ "}'. "
            ~ 'Where it is another company, start anew (docs/identity.md).'
        ) %}
    {% endif %}
{% endmacro %}

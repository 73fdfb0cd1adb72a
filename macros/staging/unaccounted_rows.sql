{#
    Keys of which a raw table has other rows than its base model has judged: one row per raw table,
    key and both counts. Of the tables that are built; a first query sums up all of them, so that keys
    are compared only where something is amiss, and there an error names some of them.
#}
{% macro unaccounted_rows() %}
    {% set placeholders = placeholders(ref('placeholder_values')) %}
    {% set tables = {} %}
    {% for source_name, table_name in enabled_tables() %}
        {% set id = source_name ~ '.' ~ table_name %}
        {% set base = ref('base_' ~ source_name ~ '__' ~ table_name) %}
        {% if id not in var('absent_tables') %}
            {% set raw_table = source(source_name, table_name) %}
            {% if execute and load_relation(base) is not none and load_relation(raw_table) is not none %}
                {% do tables.update({id: (raw_table, raw_key_of(source_name, table_name, raw_table, placeholders), base)}) %}
            {% endif %}
        {% endif %}
    {% endfor %}
    {% set sums = [] %}
    {% for id, parts in tables.items() %}
        {% set raw_table, key, base = parts %}
        {% do sums.append(
            "select '" ~ id ~ "' as raw_table from (select count(*) as row_count, "
            ~ sum_of_hashes('coalesce(' ~ key ~ ", '')") ~ ' as key_sum from ' ~ raw_table ~ ') as raw_rows cross join '
            ~ '(select count(*) as row_count, ' ~ sum_of_hashes("coalesce(row_key, '')") ~ ' as key_sum from ' ~ base
            ~ ') as judged where raw_rows.row_count <> judged.row_count or raw_rows.key_sum <> judged.key_sum'
        ) %}
    {% endfor %}
    {% set amiss = run_query(sums | join(' union all ')).columns[0].values() if sums else [] %}
    {% set differences = [] %}
    {% for id in amiss %}
        {% set raw_table, key, base = tables[id] %}
        {% do differences.append(
            "select '" ~ id ~ "' as raw_table, row_key, sum(raw_count) as raw_count, sum(judged_count) as judged_count from ("
            ~ 'select ' ~ key ~ ' as row_key, 1 as raw_count, 0 as judged_count from ' ~ raw_table
            ~ ' union all select row_key, 0 as raw_count, 1 as judged_count from ' ~ base
            ~ ') as both_sides group by 2 having sum(raw_count) <> sum(judged_count)'
        ) %}
    {% endfor %}
    {% if differences %}
        {% set told = [] %}
        {% for raw_table, row_key, raw_count, judged_count in run_query(
            differences | join(' union all ') ~ ' order by 1, 2 limit 10'
        ).rows %}
            {% do told.append(
                raw_table ~ ' ' ~ shown_value(row_key or '') ~ ' (' ~ raw_count ~ ' raw, ' ~ judged_count ~ ' judged)'
            ) %}
        {% endfor %}
        {% do exceptions.raise_compiler_error(
            'Raw rows are not those that were judged: ' ~ told | join('; ') ~ '. Where a file was moved away, put it '
            ~ 'back: raw files stay, for what is not there is lost to whatever is built anew. Where one was rewritten, or '
            ~ 'rows came with an old time of loading, judge all anew, with the same --vars: dbt build --full-refresh'
        ) %}
    {% endif %}
select 1 as nothing
where 1 = 0
{% endmacro %}


{# The key of a raw table's rows, as a SQL expression over its columns. #}
{% macro raw_key_of(source_name, table_name, raw_table, placeholders) %}
    {% set node = graph.nodes['model.' ~ project_name ~ '.base_' ~ source_name ~ '__' ~ table_name] %}
    {% set columns = [] %}
    {% for name in node.config.meta.row_key %}{% do columns.append(node.columns[name]) %}{% endfor %}
    {% set raw = raw_columns(
        source_name, table_name, raw_table, columns, loaded_at_field(source_name, table_name)
    ) %}
    {{ return(raw_row_key(
        columns, raw.of, node.config.meta.row_key, source_name ~ '.' ~ table_name, placeholders
    )) }}
{% endmacro %}

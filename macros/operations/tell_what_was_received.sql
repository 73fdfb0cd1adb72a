{#
    Says, behind the last line of `dbt build`, what became of the raw rows: a line per source system,
    with the commonest reason of what was rejected and the columns that its tables lack. Goes
    on-run-end; says nothing where data_quality_metrics was not built, or rejected_records is not there.
#}
{% macro tell_what_was_received(results) %}
    {% set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.name') | list %}
    {% set metrics = operations_relation('data_quality_metrics') %}
    {% set rejected = operations_relation('rejected_records') %}
    {% if execute and flags.WHICH in ('run', 'build') and 'data_quality_metrics' in built
        and load_relation(rejected) is not none %}
        {% for source_name, received, accepted, repaired, rejected_count, duplicates, reason, reason_count in run_query(
            'with reasons as (select source_name, reason_code, count(*) as row_count, row_number() over ('
            ~ 'partition by source_name order by count(*) desc, reason_code) as place from ' ~ rejected
            ~ ' group by 1, 2) select counts.*, reasons.reason_code, reasons.row_count from ('
            ~ 'select source_name, sum(received_count), sum(accepted_count), sum(repaired_count), '
            ~ 'sum(rejected_count), sum(duplicate_count) from ' ~ metrics ~ ' group by 1) as counts '
            ~ 'left join reasons on counts.source_name = reasons.source_name and reasons.place = 1 order by 1'
        ).rows %}
            {% set absent = [] %}
            {% for id, columns in graph.get('absent_columns', {}).items() if id.startswith(source_name ~ '.') %}
                {% do absent.append(id.split('.')[1] ~ '.' ~ columns | join(', ' ~ id.split('.')[1] ~ '.')) %}
            {% endfor %}
            {% do log(
                source_name ~ ': ' ~ '{:,}'.format(received | int) ~ ' rows received, '
                ~ '{:,}'.format(accepted | int) ~ ' accepted'
                ~ (' (' ~ '{:,}'.format(repaired | int) ~ ' with a value made null)' if repaired else '') ~ ', '
                ~ '{:,}'.format(rejected_count | int) ~ ' rejected'
                ~ (' (' ~ reason ~ ' ' ~ '{:,}'.format(reason_count | int) ~ ')' if reason else '') ~ ', '
                ~ '{:,}'.format(duplicates | int) ~ ' duplicates'
                ~ ('; it lacks ' ~ absent | sort | join(', ') if absent else '') ~ '.',
                info=true
            ) %}
        {% endfor %}
    {% endif %}
{% endmacro %}

{#
    The history of runs: operations.run_history, one row per node of an invocation of dbt, with the
    run of Dagster that started it. No message of the database is kept, since it may quote values.

    record_run_history(results) goes on-run-end. Rows go after var('run_history_days') days.
#}
{% macro record_run_history(results) %}
    {% if execute and flags.WHICH in ('run', 'build', 'test', 'seed') and results %}
        {% set relation = operations_relation('run_history') %}
        {% set columns = run_history_columns() %}
        {% set definitions = [] %}
        {% for name, data_type in columns.items() %}
            {% do definitions.append(name ~ ' ' ~ data_type) %}
        {% endfor %}
        {% do run_query('create schema if not exists ' ~ relation.without_identifier()) %}
        {% do run_query(
            'create table if not exists ' ~ relation ~ ' (' ~ definitions | join(', ') ~ ')'
        ) %}
        {% set oldest = run_started_at - modules.datetime.timedelta(days=var('run_history_days')) %}
        {% do run_query(
            'delete from ' ~ relation ~ ' where invoked_at < ' ~ run_history_time(oldest)
        ) %}
        {% set rows = [] %}
        {% for result in results %}
            {% do rows.append(run_history_row(result)) %}
        {% endfor %}
        {% do run_query(
            'insert into ' ~ relation ~ ' (' ~ columns.keys() | join(', ') ~ ') select '
            ~ run_history_invocation() | join(', ')
            ~ ', node, resource_type, status, cast(started_at as ' ~ columns.started_at
            ~ '), seconds, rows_affected from (values ' ~ rows | join(', ')
            ~ ') as nodes (node, resource_type, status, started_at, seconds, rows_affected)'
        ) %}
        {% do commit_transaction() %}
    {% endif %}
{% endmacro %}


{# The columns and their types: first those of the invocation, then those of a node. #}
{% macro run_history_columns() %}
    {% set text = dbt.type_string() %}
    {% set time = api.Column.translate_type('timestamp') %}
    {{ return({
        'invocation_id': text,
        'dagster_run_id': text,
        'command': text,
        'dbt_version': text,
        'invoked_at': time,
        'node': text,
        'resource_type': text,
        'status': text,
        'started_at': time,
        'seconds': 'double',
        'rows_affected': 'bigint',
    }) }}
{% endmacro %}


{# The run of Dagster that started dbt; empty where none did. #}
{% macro dagster_run_id() %}
    {{ return(env_var('CUSTOMER_360_RUN_ID', '')) }}
{% endmacro %}


{# What is the same in all rows of an invocation, as SQL literals. #}
{% macro run_history_invocation() %}
    {{ return([
        text_literal(invocation_id),
        text_literal(dagster_run_id() or none),
        text_literal(flags.WHICH),
        text_literal(dbt_version),
        run_history_time(run_started_at),
    ]) }}
{% endmacro %}


{# The row of a node as SQL literals. Where it was skipped, it has no start. #}
{% macro run_history_row(result) %}
    {% set started_at = result.timing | selectattr('name', 'equalto', 'execute')
        | map(attribute='started_at') | first %}
    {% set rows_affected = result.adapter_response.get('rows_affected') %}
    {{ return(
        "('" ~ result.node.unique_id ~ "', '" ~ result.node.resource_type ~ "', '" ~ result.status
        ~ "', " ~ ("'" ~ started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "'" if started_at else 'null')
        ~ ', ' ~ result.execution_time | round(3) ~ ', '
        ~ (rows_affected if rows_affected is integer else 'null') ~ ')'
    ) }}
{% endmacro %}


{# A UTC time of dbt's as an SQL literal. #}
{% macro run_history_time(moment) %}
    {{ return(
        "cast('" ~ moment.strftime('%Y-%m-%d %H:%M:%S') ~ "' as "
        ~ api.Column.translate_type('timestamp') ~ ')'
    ) }}
{% endmacro %}

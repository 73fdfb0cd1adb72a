{#
    A backfill (var backfill) makes the rows of one past day, that of as_of_date, again in the tables
    whose entity is the day: int_alert_days and customer_metrics_daily. What these are made of, customer
    facts and measures as of that day, is made aside, in schemas whose names end with _backfill
    (generate_schema_name) and that go when the run ends. All else stays as the last night left it.

    check_backfill() goes on-run-start, drop_backfill_schemas() on-run-end.
#}

{# Raises a compiler error where a backfill is of no past day, or builds more or less than it needs. #}
{% macro check_backfill() %}
    {% if execute and var('backfill') and flags.WHICH in ('run', 'build', 'seed') %}
        {% set built = graph.nodes.values() | selectattr('unique_id', 'in', selected_resources)
            | selectattr('resource_type', 'in', ['model', 'seed', 'snapshot']) | list %}
        {% set read = built | map(attribute='depends_on.nodes', default=[]) | sum(start=[]) %}
        {% set others = [] %}
        {% for node in built if not (is_of_day(node) or is_made_aside(node)) %}
            {% do others.append(node.name) %}
        {% endfor %}
        {% set missing = [] %}
        {% set days = [] %}
        {% for node in graph.nodes.values() if is_of_day(node) or is_made_aside(node) %}
            {% if node.unique_id in read and node.unique_id not in selected_resources %}
                {% do missing.append(node.name) %}
            {% endif %}
            {% if is_of_day(node) %}{% do days.append(last_day_in(node)) %}{% endif %}
        {% endfor %}
        {% set last_day = days | max %}
        {% if others %}
            {% do refuse_backfill(
                'must not build ' ~ (others | sort)[:5] | join(', ')
                ~ (' and ' ~ (others | length - 5) ~ ' more' if others | length > 5 else '')
            ) %}
        {% elif missing %}
            {% do refuse_backfill('must build ' ~ missing | sort | join(', ') ~ ', too') %}
        {% elif not var('as_of_date') %}
            {% do refuse_backfill('must be told as_of_date') %}
        {% elif var('as_of_date') | string > last_day %}
            {% do refuse_backfill(
                'cannot be of ' ~ var('as_of_date') ~ ', since the last night was of '
                ~ (last_day or 'no day yet')
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Raises a compiler error that says what is wrong with a backfill, for which dbt has made schemas. #}
{% macro refuse_backfill(reason) %}
    {% do drop_backfill_schemas() %}
    {% do exceptions.raise_compiler_error(
        'A backfill ' ~ reason
        ~ ". Run: dbt run --selector backfill --vars '{backfill: true, as_of_date: YYYY-MM-DD}'"
    ) %}
{% endmacro %}


{# Drops what a backfill has made aside. #}
{% macro drop_backfill_schemas() %}
    {% if execute and var('backfill') and flags.WHICH in ('run', 'build') %}
        {% set schemas = [] %}
        {% for node in graph.nodes.values() if is_made_aside(node) %}
            {% do schemas.append((node.database, node.schema)) %}
        {% endfor %}
        {% for database, schema in schemas | unique %}
            {% do adapter.drop_schema(api.Relation.create(database=database, schema=schema)) %}
        {% endfor %}
        {% do commit_transaction() %}
    {% endif %}
{% endmacro %}


{#
    Whether a backfill makes a node aside: customer facts and measures, but for what a full refresh keeps
    (fits, the days of alerts), which is read where it is.
#}
{% macro is_made_aside(node) %}
    {{ return(
        var('backfill') and node is not none and node.resource_type == 'model'
        and node.config.schema in ('customer_facts', 'measures')
        and node.config.full_refresh is not false
    ) }}
{% endmacro %}


{# Whether a run writes the rows of its as-of date into a node's table, and no other's. #}
{% macro is_of_day(node) %}
    {{ return(node.resource_type == 'model' and node.config.meta.entity_is_day is true) }}
{% endmacro %}


{# The last day in such a table, as a text; empty where there is none. #}
{% macro last_day_in(node) %}
    {% set relation = load_relation(relation_of_node(node)) %}
    {% if relation is none %}{{ return('') }}{% endif %}
    {% set found = run_query(
        'select cast(max(' ~ node.config.meta.entity ~ ') as ' ~ dbt.type_string() ~ ') from ' ~ relation
    ) %}
    {{ return(found.columns[0].values()[0] or '') }}
{% endmacro %}

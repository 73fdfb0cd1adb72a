{#
    Incremental tables hold rows that were made by the rules of their day. Where a rule changed since
    (a model, a seed, a contract, a var), old rows and new ones would not agree and no test would tell.
    So the rules that each table was built by are kept, in operations.incremental_rules, and a run
    against others stops before it starts.

    check_incremental_rules() goes on-run-start, record_incremental_rules(results) on-run-end.
#}

{#
    Raises a compiler error that names the selected incremental tables that other rules have built,
    and the command that rebuilds them.
#}
{% macro check_incremental_rules() %}
    {% if execute and flags.WHICH in ('run', 'build') and not flags.FULL_REFRESH %}
        {% set recorded = recorded_incremental_rules() %}
        {% set outdated = [] %}
        {% for node in incremental_nodes() if node.unique_id in selected_resources %}
            {% if recorded.get(node.name, none) not in (none, rules_of(node)) %}
                {% do outdated.append(node.name) %}
            {% endif %}
        {% endfor %}
        {% if outdated %}
            {% do exceptions.raise_compiler_error(
                outdated | length ~ ' incremental tables were built by other rules than those of now '
                ~ '(a model, seed, contract or var changed): ' ~ outdated | join(', ')
                ~ '. Build all of it anew, with the same --vars: dbt build --full-refresh'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Keeps the rules of the incremental tables that this run built whole, or for the first time. #}
{% macro record_incremental_rules(results) %}
    {% if execute and flags.WHICH in ('run', 'build') %}
        {% set rules = recorded_incremental_rules() %}
        {% set built = [] %}
        {% for result in results if result.status == 'success' %}
            {% do built.append(result.node.unique_id) %}
        {% endfor %}
        {% set changed = [] %}
        {% for node in incremental_nodes() if node.unique_id in built %}
            {% if rules.get(node.name) != rules_of(node) %}
                {% do rules.update({node.name: rules_of(node)}) %}
                {% do changed.append(node.name) %}
            {% endif %}
        {% endfor %}
        {% if changed %}
            {% do keep_incremental_rules(rules) %}
            {% do commit_transaction() %}
        {% endif %}
    {% endif %}
{% endmacro %}


{# Keeps which rules built each table. #}
{% macro keep_incremental_rules(rules) %}
    {% set relation = operations_relation('incremental_rules') %}
    {% do adapter.create_schema(relation.without_identifier()) %}
    {% set rows = [] %}
    {% for model_name, rules_hash in rules.items() %}
        {% do rows.append("select '" ~ model_name ~ "' as model_name, '" ~ rules_hash ~ "' as rules_hash") %}
    {% endfor %}
    {% do run_query('create or replace table ' ~ relation ~ ' as ' ~ rows | join(' union all ')) %}
    {#- for who asks later in this run: of a new table dbt's cache knows nothing -#}
    {% do graph.update({'incremental_rules': {'run': invocation_id, 'rules': rules}}) %}
{% endmacro %}


{#
    The project's incremental models that a full refresh may rebuild; but for those of identity, which
    make anew what other rules have made (identity_rules).
#}
{% macro incremental_nodes() %}
    {% set nodes = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model'
        and node.config.materialized == 'incremental' and node.config.full_refresh is not false
        and node.config.schema != 'identity' %}
        {% do nodes.append(node) %}
    {% endfor %}
    {{ return(nodes) }}
{% endmacro %}


{#
    A hash of what an incremental model's rows are made by: the text of the model and of all it is
    made of, seeds among them, their contracts, where raw tables are, and the vars that change values.
    A macro is not seen: who changes one raises var('rules_version').
#}
{% macro rules_of(node) %}
    {% set texts = {} %}
    {% for unique_id in upstream_of([node.unique_id]) %}
        {% set upstream = graph.nodes[unique_id] %}
        {% set parts = [
            upstream.checksum.checksum,
            tojson(upstream.constraints or [], sort_keys=true),
        ] %}
        {% for key in contract_keys() if key in upstream.config.meta %}
            {% do parts.append(key ~ ' ' ~ tojson(upstream.config.meta[key], sort_keys=true)) %}
        {% endfor %}
        {% for column in upstream.columns.values() %}
            {% do parts.append([
                column.name, column.data_type, tojson(column.meta, sort_keys=true),
                tojson(column.constraints, sort_keys=true),
            ] | join(' ')) %}
        {% endfor %}
        {% for source_id in upstream.depends_on.nodes if source_id in graph.sources %}
            {% set raw = graph.sources[source_id] %}
            {% do parts.append(raw.relation_name ~ ' ' ~ raw.loaded_at_field) %}
        {% endfor %}
        {% do texts.update({unique_id: parts | join(' ')}) %}
    {% endfor %}
    {% set vars = [
        'rules_version: ' ~ var('rules_version'),
        'reporting_currency: ' ~ reporting_currency(),
        'default_country: ' ~ default_country(),
        'raw_columns: ' ~ var('raw_columns'),
        'raw_formats: ' ~ var('raw_formats'),
    ] %}
    {{ return(local_md5(
        (vars + (texts | dictsort | map('join', ' ') | list)) | join('\n')
    )) }}
{% endmacro %}


{# Some nodes of the graph, and all models, seeds and snapshots that they are made of, by unique id. #}
{% macro upstream_of(unique_ids) %}
    {% set state = namespace(waiting=unique_ids) %}
    {% set found = [] %}
    {% for step in range(graph.nodes | length) if state.waiting %}
        {% set next = [] %}
        {% for unique_id in state.waiting if unique_id in graph.nodes and unique_id not in found %}
            {% do found.append(unique_id) %}
            {% do next.extend(graph.nodes[unique_id].depends_on.nodes) %}
        {% endfor %}
        {% set state.waiting = next %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}


{# Model name -> hash of the rules that built its table; empty where nothing was kept yet. #}
{% macro recorded_incremental_rules() %}
    {% if graph.get('incremental_rules', {}).get('run') == invocation_id %}
        {{ return(graph.incremental_rules.rules) }}
    {% endif %}
    {% set recorded = {} %}
    {% set relation = load_relation(operations_relation('incremental_rules')) %}
    {% if relation is not none %}
        {% for row in run_query('select model_name, rules_hash from ' ~ relation) %}
            {% do recorded.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {{ return(recorded) }}
{% endmacro %}

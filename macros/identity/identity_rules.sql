{#
    By which rules customers were made last: of all models that golden records are made of, of what is
    in the seeds of identity, and of the vars that decide who is who. Where one changed, or the as-of
    date is an earlier one, every customer is made anew. Kept beside the rules of incremental tables
    (incremental_rules).
#}

{% macro identity_rules() %}
    {% set rules = [rules_of(last_of_identity())] %}
    {% for name in ['sources', 'absent_tables', 'correction_days', 'max_records_per_customer'] %}
        {% do rules.append(name ~ ': ' ~ var(name)) %}
    {% endfor %}
    {% set contents = contents_of_identity_seeds() %}
    {% for row in (run_query(contents) if contents else []) %}
        {% do rules.append(row[0] ~ ': ' ~ row[1]) %}
    {% endfor %}
    {{ return(local_md5(rules | join('\n'))) }}
{% endmacro %}


{#
    Whether customers were made by other rules, or on a later day, than this run's. Tells the hook that
    keeps them (settle_identity), which must not speak of the day: its model is none that each day makes.
#}
{% macro identity_rules_changed() %}
    {% if not execute %}{{ return(true) }}{% endif %}
    {% set kept = kept_identity_rules() %}
    {% set rules, as_of = identity_rules(), as_of_date().split("'")[1] %}
    {% do graph.update({'identity_rules': {'run': invocation_id, 'rules': rules, 'as_of': as_of}}) %}
    {{ return(not kept or kept[0] != rules or kept[1] > as_of) }}
{% endmacro %}


{# Tells that hook the day on which this run decides what has come due. #}
{% macro tell_identity_day() %}
    {% if execute %}
        {% set as_of = as_of_date().split("'")[1] %}
        {% do graph.update({'identity_day': {'run': invocation_id, 'as_of': as_of}}) %}
    {% endif %}
{% endmacro %}


{# The as-of date on which customers were made last; none where that is not known. #}
{% macro identity_made_on() %}
    {% set kept = kept_identity_rules() if execute else none %}
    {{ return(kept[1] if kept else none) }}
{% endmacro %}


{# The rules and the day that are kept, or none. #}
{% macro kept_identity_rules() %}
    {% set kept = recorded_incremental_rules().get(last_of_identity().name) %}
    {{ return(kept.split(' ') if kept else none) }}
{% endmacro %}


{# The model that nothing in identity is made after. #}
{% macro last_of_identity() %}
    {{ return(graph.nodes['model.' ~ project_name ~ '.int_identity__golden_records']) }}
{% endmacro %}


{# A query of the seeds that identity reads, each with a hash of its rows: a file may not be loaded yet. #}
{% macro contents_of_identity_seeds() %}
    {% set seeds = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and node.config.schema == 'identity' %}
        {% do seeds.extend(node.depends_on.nodes | select('in', graph.nodes)) %}
    {% endfor %}
    {% set contents = [] %}
    {% for unique_id in seeds | unique | sort if graph.nodes[unique_id].resource_type == 'seed' %}
        {% set seed = graph.nodes[unique_id] %}
        {% set relation = load_relation(relation_of_node(seed)) %}
        {% if relation %}{% do contents.append(
            "select '" ~ seed.name ~ "' as seed_name, cast("
            ~ sum_of_hashes(text_of(adapter.get_columns_in_relation(relation))) ~ ' as '
            ~ dbt.type_string() ~ ') as contents from ' ~ relation
        ) %}{% endif %}
    {% endfor %}
    {{ return(contents | join(' union all ')) }}
{% endmacro %}

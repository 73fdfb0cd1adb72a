{#
    By which rules customers were made last: of all models and seeds that golden records are made of,
    and of the vars that decide who is who. Where one changed, or the as-of date is an earlier one, every
    customer is made anew. Kept beside the rules of incremental tables (incremental_rules).
#}

{% macro identity_rules() %}
    {% set vars = [] %}
    {% for name in ['sources', 'absent_tables', 'correction_days', 'max_records_per_customer'] %}
        {% do vars.append(name ~ ': ' ~ var(name)) %}
    {% endfor %}
    {{ return(local_md5(rules_of(last_of_identity()) ~ vars | join(' '))) }}
{% endmacro %}


{# What is kept: the rules, and the day. #}
{% macro identity_rules_of_run() %}
    {{ return(identity_rules() ~ ' ' ~ as_of_date().split("'")[1]) }}
{% endmacro %}


{# Whether customers were made by other rules, or on a later day, than this run's. #}
{% macro identity_rules_changed() %}
    {% set recorded = recorded_incremental_rules().get(last_of_identity().name, '') if execute else '' %}
    {% set made = identity_rules_of_run().split(' ') if execute else ['', ''] %}
    {{ return(recorded.split(' ')[0] != made[0] or (recorded.split(' ') | last) > made[1]) }}
{% endmacro %}


{# The model that nothing in identity is made after. #}
{% macro last_of_identity() %}
    {{ return(graph.nodes['model.' ~ project_name ~ '.int_identity__golden_records']) }}
{% endmacro %}

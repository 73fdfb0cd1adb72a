{#
    What identity keeps (the models that say `meta: {kept: identity}`) is in no raw table. Where a part of
    it is lost, a run would number all records anew beside ids that were given out before, and nobody
    would be told. So it stops before it starts, and says how to go on.

    check_identity_state() goes on-run-start.
#}

{# Raises a compiler error where this run would build identity on a state that is not whole. #}
{% macro check_identity_state() %}
    {% if execute and flags.WHICH in ('run', 'build') and not var('start_anew') %}
        {% set built = [] %}
        {% for node in graph.nodes.values() if node.unique_id in selected_resources
            and (node.config.schema == 'identity' or node.config.meta.kept == 'identity') %}
            {% do built.append(node.name) %}
        {% endfor %}
        {% set fault = identity_state_fault() if built else none %}
        {% if fault %}
            {% do exceptions.raise_compiler_error(
                'Identity was not built, because ' ~ fault ~ ' Customers would get new ids. Restore it: '
                ~ 'make restore-identity REPLACE=yes FROM='
                ~ env_var('CUSTOMER_360_IDENTITY_BACKUPS', 'data/identity_backups')
                ~ ' (docs/operations.md, "Losing the warehouse").'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}


{#
    What is wrong with the state that identity keeps, a sentence; none where nothing is. Nodes only grow,
    so no other table has a record where they have none, or a number that is higher than theirs.
    Without any of its tables, and with nodes alone, a warehouse is at its beginning.
#}
{% macro identity_state_fault() %}
    {% if load_relation(operations_relation('identity_restore')) %}
        {{ return('a restore was begun and did not come to its end.') }}
    {% endif %}
    {% set counts = [] %}
    {% set kept = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and 'record_key' in node.columns
        and (node.config.meta.kept == 'identity' or node.name == 'int_identity__map') %}
        {% if node.config.meta.kept == 'identity' %}{% do kept.append(node.name) %}{% endif %}
        {% set relation = load_relation(relation_of_node(node)) %}
        {% if relation %}
            {% set highest = 'coalesce(max(node_id), 0)' if 'node_id' in node.columns else '0' %}
            {% do counts.append(
                "select '" ~ node.name ~ "' as name, count(*) as row_count, "
                ~ 'cast(' ~ highest ~ ' as bigint) as highest from ' ~ relation
            ) %}
        {% endif %}
    {% endfor %}
    {% set found = {} %}
    {% for row in (run_query(counts | join(' union all ')) if counts else []) %}
        {% do found.update({row[0]: {'row_count': row[1], 'highest': row[2]}}) %}
    {% endfor %}
    {# the map is made of anchors, or, before there are any, takes their place #}
    {% if 'int_identity__anchors' in found and found['int_identity__anchors'].row_count %}
        {% do found.pop('int_identity__map', none) %}
    {% endif %}
    {% set nodes = found.pop('int_identity__nodes', {'row_count': 0, 'highest': 0}) %}
    {% if nodes.row_count and found.get('identity_events', {}).row_count %}
        {% for name in kept if name not in found and name != 'int_identity__nodes' %}
            {{ return(name ~ ' is not there, though identity_events tells of customers.') }}
        {% endfor %}
    {% endif %}
    {% for name, table in found | dictsort if table.row_count %}
        {% if not nodes.row_count %}
            {{ return(name ~ ' has rows, and int_identity__nodes, which numbers its records, has none.') }}
        {% elif table.highest > nodes.highest %}
            {{ return(name ~ ' has records that int_identity__nodes has not.') }}
        {% endif %}
    {% endfor %}
    {{ return(none) }}
{% endmacro %}

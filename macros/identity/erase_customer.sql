{#
    Makes the warehouse forget a customer whose records are gone from their sources:

        dbt run-operation erase_customer --args '{customer_id: cus_0123456789abcdef}'

    customer_id: its id, or one that was merged into it.

    Each of its records keeps its number, so that nobody else gets that, but its key becomes
    `erased:<number>`, and the ids made of the key become those made of this one; a record that comes
    again is somebody new. Events keep no value that joined it or kept it apart. Of other tables that
    a full refresh leaves alone (daily metrics, days of alerts) its rows are deleted.
    Stops before it changes anything where nobody ever had the id, where a record of it is still there
    or rests, and where the last run did not come to its end. One that was killed is run again: the
    anchors, by which it knows what to do, come last.
#}
{% macro erase_customer(customer_id) %}
    {% set anchors = relation_of_model('int_identity__anchors') %}
    {% set events = relation_of_model('identity_events') %}
    {% set customer_id = customer_to_erase(customer_id, anchors) %}
    {% set is_of_customer = "customer_id = '" ~ customer_id ~ "'" %}
    {% set erased %}
        select
            node_id as erased_node_id,
            record_key as former_key,
            {{ customer_id_of('record_key') }} as former_id,
            {{ erased_key('node_id') }} as erased_key,
            {{ customer_id_of(erased_key('node_id')) }} as erased_id
        from {{ anchors }}
        where {{ is_of_customer }}
    {% endset %}

    {% for node in graph.nodes.values() if node.resource_type == 'model' and 'customer_id' in node.columns
        and node.config.full_refresh is false and node.config.meta.kept != 'identity' %}
        {% set relation = load_relation(relation_of_model(node.name)) %}
        {% if relation %}{% do merge_erased(relation, erased, 'customer_id', 'former_id', none) %}{% endif %}
    {% endfor %}

    {% for id in ('customer_id', 'other_customer_id') %}
        {% do merge_erased(events, erased, id, 'former_id', {id: 'erased_id', 'identifier_value': 'null'}) %}
        {% do merge_erased(events, erased, id, 'erased_id', {'event_id': event_id()}) %}
    {% endfor %}
    {% do merge_erased(events, erased, 'record_key', 'former_key', {'record_key': 'erased_key'}) %}
    {% set history = relation_of_model('identity_map_history') %}
    {% do merge_erased(history, erased, 'customer_id', 'former_id', {'customer_id': 'erased_id'}) %}
    {% do merge_erased(history, erased, 'record_key', 'former_key', {
        'record_key': 'erased_key', 'period_id': period_id('erased_key', 'valid_from')
    }) %}
    {% do merge_erased(
        relation_of_model('int_identity__nodes'), erased, 'node_id', 'erased_node_id',
        {'record_key': 'erased_key'}
    ) %}
    {% do tell_erased(events, anchors, is_of_customer) %}
    {% do run_query(
        'update ' ~ anchors ~ ' set record_key = ' ~ erased_key('node_id') ~ ', customer_id = '
        ~ customer_id_of(erased_key('anchor_node_id')) ~ ' where ' ~ is_of_customer
    ) %}
    {% do commit_transaction() %}
    {% do log('Erased ' ~ customer_id ~ '. What is published shows it until something is published again.', info=true) %}
{% endmacro %}


{# The customer that has or had an id; raises a compiler error where it cannot be erased. #}
{% macro customer_to_erase(customer_id, anchors) %}
    {% set docs = ' (docs/operations.md, "Erase a customer").' %}
    {% if not modules.re.fullmatch('cus_[0-9a-f]{16}', customer_id | string) %}
        {% do exceptions.raise_compiler_error(
            'Nobody was erased: a customer_id is cus_ and 16 of 0-9 and a-f' ~ docs
        ) %}
    {% endif %}
    {% for queue in ('int_identity__changed_records', 'int_identity__scope') %}
        {% if scalar('select count(*) from ' ~ relation_of_model(queue)) %}
            {% do exceptions.raise_compiler_error(
                'Nobody was erased: the last run of identity did not come to its end. Run dbt build first'
                ~ docs
            ) %}
        {% endif %}
    {% endfor %}
    {% set found = run_query(
        'select customer_id, count(*) - count(gone_at) as present_count from ' ~ anchors
        ~ ' where customer_id in (select customer_id from ' ~ anchors ~ " where customer_id = '"
        ~ customer_id ~ "' or " ~ customer_id_of('record_key') ~ " = '" ~ customer_id ~ "')"
        ~ " group by 1 order by case when customer_id = '" ~ customer_id ~ "' then 0 else 1 end"
    ).rows %}
    {% if not found %}
        {% do exceptions.raise_compiler_error('Nobody was erased: no customer has or had the id ' ~ customer_id ~ '.') %}
    {% elif found[0][1] %}
        {% set sources = run_query(
            'select known_records.source_name from ' ~ relation_of_model('int_identity__known_records')
            ~ ' as known_records inner join ' ~ anchors ~ ' as anchors'
            ~ ' on known_records.record_key = anchors.record_key'
            ~ " where anchors.customer_id = '" ~ found[0][0] ~ "' group by 1 order by 1"
        ).columns[0].values() %}
        {% do exceptions.raise_compiler_error(
            'Nobody was erased: ' ~ found[0][1] ~ ' records of ' ~ found[0][0] ~ ' are still in '
            ~ sources | join(', ') ~ '. Delete them there and in the raw tables, then dbt build' ~ docs
        ) %}
    {% endif %}
    {{ return(found[0][0]) }}
{% endmacro %}


{# The key that an erased record has instead of its own. #}
{% macro erased_key(node_id) -%}
    'erased:' || cast({{ node_id }} as {{ dbt.type_string() }})
{%- endmacro %}


{# Sets columns (name -> expression) of the rows whose column is an erased one's; deletes them without. #}
{% macro merge_erased(relation, erased, column, match, values) %}
    {% set changes = [] %}
    {% for name, expression in (values or {}).items() %}
        {% do changes.append(name ~ ' = ' ~ expression) %}
    {% endfor %}
    {% do run_query(
        'merge into ' ~ relation ~ ' as target using (' ~ erased ~ ') as erased on target.' ~ column
        ~ ' = erased.' ~ match ~ ' when matched then '
        ~ ('update set ' ~ changes | join(', ') if values else 'delete')
    ) %}
{% endmacro %}


{# Adds the event `erased` of a customer, once. #}
{% macro tell_erased(events, anchors, is_of_customer) %}
    {% do run_query(
        'insert into ' ~ events ~ ' (event_id, customer_id, record_key, event, happened_at) select '
        ~ event_id() ~ ', customer_id, record_key, event, happened_at from (select '
        ~ customer_id_of(erased_key('node_id')) ~ ' as customer_id, ' ~ typed_null('string')
        ~ ' as other_customer_id, ' ~ erased_key('node_id') ~ " as record_key, 'erased' as event, "
        ~ run_time() ~ ' as happened_at from ' ~ anchors ~ ' where ' ~ is_of_customer
        ~ ' and node_id = anchor_node_id) as told where customer_id not in (select customer_id from '
        ~ events ~ " where event = 'erased')"
    ) %}
{% endmacro %}


{# A model's table, as dbt names it. #}
{% macro relation_of_model(name) %}
    {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ name] %}
    {{ return(api.Relation.create(
        database=node.database, schema=node.schema, identifier=node.alias, type='table'
    )) }}
{% endmacro %}

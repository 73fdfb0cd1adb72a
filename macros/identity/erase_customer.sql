{#
    Makes the warehouse forget a customer whose records are gone from their sources:

        dbt run-operation erase_customer --args '{customer_id: cus_0123456789abcdef}'
        dbt run-operation erase_customer --args '{customer_id: cus_0123456789abcdef, confirm: true}'

    customer_id: its id, or one that was merged into it. confirm: whether to do it, and not only to say
    how many records of which sources it would be.

    Each of its records keeps its number, so that nobody else gets that, but its key becomes
    `erased:<number>`, and the ids made of the key become those made of this one. Events of customers
    that any of them ever belonged to keep no value. Of other tables that a full refresh leaves alone
    (daily metrics, days of alerts) its rows are deleted.
    Stops before it changes anything where nobody ever had the id, where a record of it is still there
    or rests, and where the last run did not come to its end. Atomic on DuckDB and Snowflake; on
    Databricks one that was killed is run again: the anchors, by which it knows what to do, come last.
#}
{% macro erase_customer(customer_id, confirm=false) %}
    {% set anchors = relation_of_model('int_identity__anchors') %}
    {% set events = relation_of_model('identity_events') %}
    {% set history = relation_of_model('identity_map_history') %}
    {% set customer_id = customer_to_erase(customer_id, anchors, history) %}
    {% set is_of_customer = "customer_id = '" ~ customer_id ~ "' and gone_at is not null" %}
    {% set found = run_query(
        'select ' ~ dbt.split_part('record_key', "':'", 1) ~ ', count(*) from ' ~ anchors
        ~ ' where ' ~ is_of_customer ~ ' group by 1 order by 1'
    ).rows %}
    {% set records = [] %}
    {% for row in found %}{% do records.append(row[1] ~ ' of ' ~ row[0]) %}{% endfor %}
    {% set records = customer_id ~ ' with records that are gone: ' ~ records | join(', ') ~ '.' %}
    {% if not confirm %}
        {% do log('This would erase ' ~ records ~ ' To do it, add confirm: true.', info=true) %}
        {{ return('') }}
    {% endif %}
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
    {% set customers_of_erased %}
        select periods.customer_id as past_id
        from {{ history }} as periods
        inner join ({{ erased }}) as erased
            on periods.record_key in (erased.former_key, erased.erased_key)
        group by 1
    {% endset %}

    {% call statement('begin', auto_begin=true) %}select 1{% endcall %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and 'customer_id' in node.columns
        and node.config.full_refresh is false and node.config.meta.kept != 'identity' %}
        {% set relation = load_relation(relation_of_node(node)) %}
        {% if relation %}{% do merge_erased(relation, erased, 'customer_id', 'former_id', none) %}{% endif %}
    {% endfor %}

    {% for id in ('customer_id', 'other_customer_id') %}
        {% do merge_erased(events, customers_of_erased, id, 'past_id', {'identifier_value': 'null'}) %}
    {% endfor %}
    {% for id in ('customer_id', 'other_customer_id') %}
        {% do merge_erased(events, erased, id, 'former_id', {id: 'erased_id'}) %}
        {% do merge_erased(events, erased, id, 'erased_id', {'event_id': event_id()}) %}
    {% endfor %}
    {% do merge_erased(events, erased, 'record_key', 'former_key', {'record_key': 'erased_key'}) %}
    {% do merge_erased(history, erased, 'customer_id', 'former_id', {'customer_id': 'erased_id'}) %}
    {% do merge_erased(history, erased, 'record_key', 'former_key', {
        'record_key': 'erased_key', 'period_id': period_id('erased_key', 'valid_from')
    }) %}
    {% do tell_erased(events, anchors, is_of_customer) %}
    {% do merge_erased(
        relation_of_model('int_identity__nodes'), erased, 'node_id', 'erased_node_id',
        {'record_key': 'erased_key'}
    ) %}
    {% do run_query(
        'update ' ~ anchors ~ ' set record_key = ' ~ erased_key('node_id') ~ ', customer_id = '
        ~ customer_id_of(erased_key('anchor_node_id')) ~ ' where ' ~ is_of_customer
    ) %}
    {% do adapter.commit() %}
    {% do log(
        'Erased ' ~ records ~ ' Now dbt build, and publish (docs/operations.md, "Erase a customer").', info=true
    ) %}
{% endmacro %}


{# The customer that has or had an id; raises a compiler error where it cannot be erased. #}
{% macro customer_to_erase(customer_id, anchors, history) %}
    {% if not modules.re.fullmatch('cus_[0-9a-f]{16}', customer_id | string) %}
        {% do refuse_to_erase('a customer_id is cus_ and 16 of 0-9 and a-f') %}
    {% endif %}
    {% set fault = identity_state_fault() %}
    {% if fault %}{% do refuse_to_erase(fault | trim('.')) %}{% endif %}
    {% for queue in ('int_identity__changed_records', 'int_identity__scope') %}
        {% if scalar('select count(*) from ' ~ relation_of_model(queue)) %}
            {% do refuse_to_erase('the last run of identity did not come to its end: dbt build first') %}
        {% endif %}
    {% endfor %}
    {% set found = run_query(
        'select customer_id, count(*) - count(gone_at) as present_count from ' ~ anchors
        ~ ' where customer_id in (select customer_id from ' ~ anchors ~ " where customer_id = '"
        ~ customer_id ~ "' or " ~ customer_id_of('record_key') ~ " = '" ~ customer_id ~ "')"
        ~ " group by 1 order by case when customer_id = '" ~ customer_id ~ "' then 0 else 1 end"
    ).rows %}
    {% if not found %}
        {% do refuse_to_erase('no customer has or had the id ' ~ customer_id) %}
    {% elif found[0][1] %}
        {% set sources = run_query(
            'select known_records.source_name from ' ~ relation_of_model('int_identity__known_records')
            ~ ' as known_records inner join ' ~ anchors ~ ' as anchors'
            ~ ' on known_records.record_key = anchors.record_key'
            ~ " where anchors.customer_id = '" ~ found[0][0] ~ "' group by 1 order by 1"
        ).columns[0].values() %}
        {% do refuse_to_erase(
            found[0][1] ~ ' records of ' ~ found[0][0] ~ ' are still in ' ~ sources | join(', ')
        ) %}
    {% elif scalar(
        'select count(*) from ' ~ history ~ ' as periods inner join ' ~ anchors ~ ' as anchors'
        ~ ' on periods.record_key = anchors.record_key where periods.valid_to is null'
        ~ " and anchors.customer_id = '" ~ found[0][0] ~ "'"
    ) %}
        {% do refuse_to_erase('identity_map_history does not know yet that its records are gone: dbt build first') %}
    {% endif %}
    {{ return(found[0][0]) }}
{% endmacro %}


{# Raises a compiler error that says why. #}
{% macro refuse_to_erase(reason) %}
    {% do exceptions.raise_compiler_error(
        'Nobody was erased: ' ~ reason ~ ' (docs/operations.md, "Erase a customer").'
    ) %}
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


{# The table of a model of identity, by its name: an operation refers to none. #}
{% macro relation_of_model(name) %}
    {{ return(relation_of_node(graph.nodes['model.' ~ project_name ~ '.' ~ name])) }}
{% endmacro %}

{#
    connected_components: which nodes of a graph belong together.

    The model is a query of edges with two whole-number columns, node_a and node_b. The result is a
    table of one row per node: node_id and component_id, the lowest node of its component (bigint).
    Direction, order and repetition of the edges do not matter. An edge from a node to itself is
    allowed: it makes a lonely node a component of its own. No edges give an empty table. A null at
    either end is an error, because to drop the edge would lose a node without a word.

    Each round every node hooks to its lowest neighbour, pointers double until every parent is a
    root (until, and not a fixed number of times, or a sorted chain would take as many rounds as it
    has nodes), and the edges are contracted to roots. When no edge is left, the pointers are
    composed from the last round back to the first. Graphs of customers take about four rounds.

    Configuration: max_rounds (60); to need more is an error. Hooks, grants, documentation and an
    enforced contract (its columns: node_id and component_id) work as they do for a table.

    Engines: one text for DuckDB, Snowflake and Databricks. Jinja has no break, so a loop that is
    done has nothing left to do; its queries stand in the body, because in the filter of the loop
    they would run to the end of the range.
#}
{% materialization connected_components, default %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set max_rounds = config.get('max_rounds', 60) | int -%}

    {% if scratch_table_is_left('edges') %}
        {% do drop_leftover_scratch_tables(connected_components_scratch_names(max_rounds)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set closed = close_edges(sql, max_rounds) %}
    {% do replace_table(existing_relation, target_relation, closed.result_sql) %}
    {% do drop_scratch_tables(connected_components_scratch_names(closed.rounds)) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}

    {% do commit_transaction() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {% do log(this ~ ': components in ' ~ closed.rounds ~ ' rounds', info=true) %}
    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

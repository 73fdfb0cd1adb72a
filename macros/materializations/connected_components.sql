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
    {%- set state = namespace(edges=none, is_done=false) -%}
    {%- set pointers_by_round = [] -%}
    {%- set edge_counts = [] -%}

    {% if scratch_table_is_left('edges') %}
        {% do drop_leftover_scratch_tables(connected_components_scratch_names(max_rounds)) %}
    {% endif %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% set all_edges = create_scratch_table('edges', connected_components_edges_sql(sql)) %}
    {% set null_count = scalar(connected_components_null_count_sql(all_edges)) %}
    {% if null_count > 0 %}
        {% do drop_scratch_tables(['edges']) %}
        {% do exceptions.raise_compiler_error(
            'connected_components: ' ~ null_count ~ ' edges of ' ~ this
            ~ ' have a null in node_a or node_b. '
            ~ 'Leave them out of the query, or hand over a lonely node as an edge to itself.'
        ) %}
    {% endif %}
    {% set state.edges = all_edges %}
    {% do edge_counts.append(scalar(connected_components_edge_count_sql(all_edges))) %}

    {% for round_number in range(1, max_rounds + 1) if not state.is_done %}
        {% set pointers = connected_components_pointers(state.edges, round_number) %}
        {% do pointers_by_round.append(pointers) %}
        {% set contracted = create_scratch_table(
            connected_components_turn('edges', round_number),
            connected_components_contract_sql(state.edges, pointers)
        ) %}
        {% do edge_counts.append(scalar(connected_components_edge_count_sql(contracted))) %}
        {% do log(this ~ ': ' ~ edge_counts[-1] ~ ' edges left after round ' ~ round_number) %}
        {% set state.edges = contracted %}
        {% set state.is_done = edge_counts[-1] == 0 %}
    {% endfor %}

    {% if not state.is_done %}
        {% do drop_scratch_tables(connected_components_scratch_names(max_rounds)) %}
        {% do exceptions.raise_compiler_error(
            'connected_components: ' ~ this ~ ' has not converged: ' ~ edge_counts[-1]
            ~ ' edges are left after max_rounds = ' ~ max_rounds ~ ' rounds. '
            ~ 'Raise max_rounds in the configuration of the model.'
        ) %}
    {% endif %}

    {% set hooked = connected_components_compose(pointers_by_round) %}
    {% do replace_table(
        existing_relation, target_relation, connected_components_result_sql(all_edges, hooked)
    ) %}
    {% do drop_scratch_tables(connected_components_scratch_names(pointers_by_round | length)) %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=True) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}

    {% do commit_transaction() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {% do log(
        this ~ ': components in ' ~ pointers_by_round | length ~ ' rounds, edges left '
        ~ edge_counts | join(', '),
        info=true
    ) %}
    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

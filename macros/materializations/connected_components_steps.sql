{# The steps of the materialisation connected_components that take more than one statement. #}

{#
    Close a graph: which nodes belong together. Returns the number of rounds, the names of the scratch
    tables that are left, and the query of the result: node_id, component_id.

    edges_sql: a query with two whole-number columns, node_a and node_b. max_rounds: to need more is an
    error.
#}
{% macro close_edges(edges_sql, max_rounds=60) -%}
    {%- set state = namespace(edges=none, is_done=false) -%}
    {%- set pointers_by_round = [] -%}
    {%- set edge_counts = [] -%}

    {%- set all_edges = create_scratch_table('edges', connected_components_edges_sql(edges_sql)) -%}
    {%- set null_count = scalar(connected_components_null_count_sql(all_edges)) -%}
    {%- if null_count > 0 -%}
        {%- do drop_scratch_tables(['edges']) -%}
        {%- do exceptions.raise_compiler_error(
            'connected_components: ' ~ null_count ~ ' edges of ' ~ this
            ~ ' have a null in node_a or node_b. '
            ~ 'Leave them out of the query, or hand over a lonely node as an edge to itself.'
        ) -%}
    {%- endif -%}
    {%- set state.edges = all_edges -%}
    {%- do edge_counts.append(scalar(connected_components_edge_count_sql(all_edges))) -%}

    {%- for round_number in range(1, max_rounds + 1) if not state.is_done -%}
        {%- set pointers = connected_components_pointers(state.edges, round_number) -%}
        {%- do pointers_by_round.append(pointers) -%}
        {%- set contracted = create_scratch_table(
            connected_components_turn('edges', round_number),
            connected_components_contract_sql(state.edges, pointers)
        ) -%}
        {%- do edge_counts.append(scalar(connected_components_edge_count_sql(contracted))) -%}
        {%- do log(this ~ ': ' ~ edge_counts[-1] ~ ' edges left after round ' ~ round_number) -%}
        {%- set state.edges = contracted -%}
        {%- set state.is_done = edge_counts[-1] == 0 -%}
    {%- endfor -%}

    {%- if not state.is_done -%}
        {%- do drop_scratch_tables(connected_components_scratch_names(max_rounds)) -%}
        {%- do exceptions.raise_compiler_error(
            'connected_components: ' ~ this ~ ' has not converged: ' ~ edge_counts[-1]
            ~ ' edges are left after max_rounds = ' ~ max_rounds ~ ' rounds. '
            ~ 'Raise max_rounds in the configuration of the model.'
        ) -%}
    {%- endif -%}

    {%- set hooked = connected_components_compose(pointers_by_round) -%}
    {{ return({
        'rounds': pointers_by_round | length,
        'result_sql': connected_components_result_sql(all_edges, hooked),
    }) }}
{%- endmacro %}

{#
    Every name a scratch table can have in so many rounds. `edges` is the first to be made and the
    last to be dropped: where a dead run left no such table, it left none at all.
#}
{% macro connected_components_scratch_names(rounds) -%}
    {%- set names = [
        'hooks', 'climbers_odd', 'climbers_even', 'components_odd', 'components_even',
        'edges_odd', 'edges_even',
    ] -%}
    {%- for round_number in range(1, rounds + 1) -%}
        {%- do names.append('pointers_' ~ round_number) -%}
    {%- endfor -%}
    {{ return(names + ['edges']) }}
{%- endmacro %}

{# The table a step reads and the one it writes take turns: even, odd, even. #}
{% macro connected_components_turn(name, turn) -%}
    {{ return(name ~ ('_odd' if turn is odd else '_even')) }}
{%- endmacro %}

{#
    Hook, then double until every parent is a root; returns the relation of the round's pointers.
    Most nodes of sparse graphs hook to a root at once, so only the others are led on.
#}
{% macro connected_components_pointers(edges, round_number) -%}
    {%- set hooks = create_scratch_table('hooks', connected_components_hook_sql(edges)) -%}
    {%- set state = namespace(
        climbers=create_scratch_table(
            connected_components_turn('climbers', 0), connected_components_climbers_sql(hooks)
        ),
        is_done=false
    ) -%}
    {#- A parent is lower than its child, and 64 doublings pass every bigint: this always ends. -#}
    {%- for doubling in range(1, 65) if not state.is_done -%}
        {%- set unfinished_sql = connected_components_unfinished_sql(hooks, state.climbers) -%}
        {%- if scalar(unfinished_sql) == 0 -%}
            {%- set state.is_done = true -%}
        {%- else -%}
            {%- set state.climbers = create_scratch_table(
                connected_components_turn('climbers', doubling),
                connected_components_double_sql(hooks, state.climbers)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(create_scratch_table(
        'pointers_' ~ round_number, connected_components_pointers_sql(hooks, state.climbers)
    )) }}
{%- endmacro %}

{# Lead the pointers of every round on to the components of the last; returns their relation. #}
{% macro connected_components_compose(pointers_by_round) -%}
    {%- set state = namespace(
        components=create_scratch_table(
            connected_components_turn('components', 0),
            'select node_id, parent_id as component_id from ' ~ pointers_by_round[-1]
        )
    ) -%}
    {%- for pointers in (pointers_by_round | reverse | list)[1:] -%}
        {%- set state.components = create_scratch_table(
            connected_components_turn('components', loop.index),
            connected_components_compose_sql(pointers, state.components)
        ) -%}
    {%- endfor -%}
    {{ return(state.components) }}
{%- endmacro %}

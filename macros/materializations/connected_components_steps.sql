{# The steps of the materialisation connected_components that take more than one statement. #}

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

{# The steps of the materialisation connected_components that take more than one statement. #}

{# Every name a scratch table can have in so many rounds. #}
{% macro connected_components_scratch_names(rounds) -%}
    {%- set names = ['edges', 'edges_odd', 'edges_even', 'components_odd', 'components_even'] -%}
    {%- for round_number in range(1, rounds + 1) -%}
        {%- do names.append('pointers_' ~ round_number ~ '_odd') -%}
        {%- do names.append('pointers_' ~ round_number ~ '_even') -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# Hook, then double until every parent is a root; returns the relation of the round's pointers. #}
{% macro connected_components_pointers(edges, round_number) -%}
    {%- set names = ['pointers_' ~ round_number ~ '_even', 'pointers_' ~ round_number ~ '_odd'] -%}
    {%- set state = namespace(
        pointers=create_scratch_table(names[0], connected_components_hook_sql(edges)), is_done=false
    ) -%}
    {#- A parent is always lower than its child, and 64 doublings pass 2 ** 64 nodes. -#}
    {%- for doubling in range(1, 65) if not state.is_done -%}
        {%- set unfinished = run_query(connected_components_unfinished_sql(state.pointers)) -%}
        {%- if unfinished.columns[0].values()[0] | int == 0 -%}
            {%- set state.is_done = true -%}
        {%- else -%}
            {%- set state.pointers = create_scratch_table(
                names[doubling % 2], connected_components_double_sql(state.pointers)
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(state.pointers) }}
{%- endmacro %}

{# Lead the pointers of every round on to the components of the last; returns their relation. #}
{% macro connected_components_compose(pointers_by_round) -%}
    {%- set last = create_scratch_table(
        'components_even',
        'select node_id, parent_id as component_id from ' ~ pointers_by_round[-1]
    ) -%}
    {%- set state = namespace(components=last) -%}
    {%- for pointers in (pointers_by_round | reverse | list)[1:] -%}
        {%- set state.components = create_scratch_table(
            'components_' ~ ('odd' if loop.index is odd else 'even'),
            connected_components_compose_sql(pointers, state.components)
        ) -%}
    {%- endfor -%}
    {{ return(state.components) }}
{%- endmacro %}

{#
    The queries of the materialisation connected_components, one macro a step.

    edges: node_id, neighbour_id, with node_id >= neighbour_id (equal: an edge of a node to itself).
    hooks: node_id, parent_id (lower), has_more_edges; only nodes that are no roots.
    climbers: node_id, parent_id; those of them whose first parent was no root.
    pointers: as hooks, but every parent is a root.
    components: node_id, component_id; only nodes that are not the lowest of their component.
#}

{#
    The model's own query, read once: typed, and every edge from the higher node to the lower.
    Not by greatest and least, which hide a null on two engines of three.
#}
{% macro connected_components_edges_sql(model_sql) -%}
    select
        case when node_a > node_b then node_a else node_b end as node_id,
        case when node_a > node_b then node_b else node_a end as neighbour_id
    from (
        select
            cast(node_a as {{ dbt.type_bigint() }}) as node_a,
            cast(node_b as {{ dbt.type_bigint() }}) as node_b
        from (
            {{ model_sql }}
        ) as model_edges
    ) as typed_edges
{%- endmacro %}

{# How many edges have a null at an end. #}
{% macro connected_components_null_count_sql(edges) -%}
    select count(*) as row_count
    from {{ edges }}
    where node_id is null or neighbour_id is null
{%- endmacro %}

{# How many edges join two nodes. #}
{% macro connected_components_edge_count_sql(edges) -%}
    select count(*) as row_count
    from {{ edges }}
    where node_id <> neighbour_id
{%- endmacro %}

{# Every node hooks to its lowest neighbour. #}
{% macro connected_components_hook_sql(edges) -%}
    select
        node_id,
        min(neighbour_id) as parent_id,
        count(*) > 1 as has_more_edges
    from {{ edges }}
    where node_id <> neighbour_id
    group by node_id
{%- endmacro %}

{# The nodes that did not hook to a root, with their parent's parent. #}
{% macro connected_components_climbers_sql(hooks) -%}
    select
        children.node_id,
        parents.parent_id
    from {{ hooks }} as children
    inner join {{ hooks }} as parents
        on children.parent_id = parents.node_id
{%- endmacro %}

{# How many climbers have not reached a root. #}
{% macro connected_components_unfinished_sql(hooks, climbers) -%}
    select count(*) as row_count
    from {{ climbers }} as climbers
    inner join {{ hooks }} as parents
        on climbers.parent_id = parents.node_id
{%- endmacro %}

{# Every climber takes its parent's pointer: of a climber, of a node under a root, of a root. #}
{% macro connected_components_double_sql(hooks, climbers) -%}
    select
        climbers.node_id,
        coalesce(
            climbing_parents.parent_id, parents.parent_id, climbers.parent_id
        ) as parent_id
    from {{ climbers }} as climbers
    left join {{ climbers }} as climbing_parents
        on climbers.parent_id = climbing_parents.node_id
    left join {{ hooks }} as parents
        on climbers.parent_id = parents.node_id
{%- endmacro %}

{# Every node that is no root, with its root. #}
{% macro connected_components_pointers_sql(hooks, climbers) -%}
    select
        hooks.node_id,
        coalesce(climbers.parent_id, hooks.parent_id) as parent_id,
        hooks.has_more_edges
    from {{ hooks }} as hooks
    left join {{ climbers }} as climbers
        on hooks.node_id = climbers.node_id
{%- endmacro %}

{#
    The edges between roots that are left. A node with one edge to a lower node is skipped, because
    it hooked along it and both ends have the same root: most edges of sparse graphs go here.
#}
{% macro connected_components_contract_sql(edges, pointers) -%}
    select distinct
        greatest(node_root, neighbour_root) as node_id,
        least(node_root, neighbour_root) as neighbour_id
    from (
        select
            nodes.parent_id as node_root,
            coalesce(neighbours.parent_id, edges.neighbour_id) as neighbour_root
        from {{ edges }} as edges
        inner join {{ pointers }} as nodes
            on edges.node_id = nodes.node_id
        left join {{ pointers }} as neighbours
            on edges.neighbour_id = neighbours.node_id
        where nodes.has_more_edges
            and edges.node_id <> edges.neighbour_id
    ) as edges_of_roots
    where node_root <> neighbour_root
{%- endmacro %}

{# The pointers of one round, led on through the components that the later rounds found. #}
{% macro connected_components_compose_sql(pointers, components) -%}
    select
        pointers.node_id,
        coalesce(components.component_id, pointers.parent_id) as component_id
    from {{ pointers }} as pointers
    left join {{ components }} as components
        on pointers.parent_id = components.node_id
    union all
    select node_id, component_id from {{ components }}
{%- endmacro %}

{#
    Every node once: those that hooked, the roots they hooked to, and those with no other node.
    Each kind is made unique by itself, which is faster than all at once.
#}
{% macro connected_components_result_sql(edges, components) -%}
    with

    hooked as (
        select node_id, component_id from {{ components }}
    ),

    roots as (
        select component_id as node_id from hooked group by component_id
    ),

    connected as (
        select node_id from hooked
        union all
        select node_id from roots
    ),

    lonely as (
        select edges.node_id
        from {{ edges }} as edges
        left join connected
            on edges.node_id = connected.node_id
        where edges.node_id = edges.neighbour_id
            and connected.node_id is null
        group by edges.node_id
    )

    select node_id, component_id from hooked
    union all
    select node_id, node_id as component_id from roots
    union all
    select node_id, node_id as component_id from lonely
{%- endmacro %}

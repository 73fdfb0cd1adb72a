{#
    The queries of the materialisation connected_components, one macro a step.

    edges: node_id, neighbour_id, with node_id >= neighbour_id (equal: an edge of a node to itself).
    pointers: node_id, parent_id (lower), has_more_edges, is_moving; only nodes that are no roots.
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

{# Every node hooks to its lowest neighbour. #}
{% macro connected_components_hook_sql(edges) -%}
    select
        node_id,
        min(neighbour_id) as parent_id,
        min(neighbour_id) < max(neighbour_id) as has_more_edges,
        true as is_moving
    from {{ edges }}
    where node_id <> neighbour_id
    group by node_id
{%- endmacro %}

{# Every node takes its parent's parent; where there is none the parent is a root. #}
{% macro connected_components_double_sql(pointers) -%}
    select
        children.node_id,
        coalesce(parents.parent_id, children.parent_id) as parent_id,
        children.has_more_edges,
        parents.node_id is not null as is_moving
    from {{ pointers }} as children
    left join {{ pointers }} as parents
        on children.parent_id = parents.node_id
{%- endmacro %}

{# The pointers that have not reached a root; one that did not move before has reached it. #}
{% macro connected_components_unfinished_sql(pointers) -%}
    select count(*) as row_count
    from {{ pointers }} as children
    inner join {{ pointers }} as parents
        on children.parent_id = parents.node_id
    where children.is_moving
{%- endmacro %}

{#
    The edges between roots that are left. A node with one lower neighbour is skipped, because it
    hooked along that edge and both ends have the same root: most edges of sparse graphs go here.
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

{# Every node once: those that hooked, the roots they hooked to, and those with no other node. #}
{% macro connected_components_result_sql(edges, components) -%}
    with

    hooked as (
        select node_id, component_id from {{ components }}
    ),

    lowest as (
        select component_id as node_id from hooked
        union all
        select edges.node_id
        from {{ edges }} as edges
        left join hooked
            on edges.node_id = hooked.node_id
        where edges.node_id = edges.neighbour_id
            and hooked.node_id is null
    )

    select node_id, component_id from hooked
    union all
    select node_id, node_id as component_id from lowest group by node_id
{%- endmacro %}

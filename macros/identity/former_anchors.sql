{#
    The anchors as the last run left them (a query of node_id, anchor_node_id, heir_node_id and
    gone_at): of a warehouse that has none yet those of its map, so that it is taken over with every id.
#}
{% macro former_anchors() -%}
    {%- if is_incremental() -%}
    select
        node_id,
        anchor_node_id,
        heir_node_id,
        gone_at
    from {{ this }}
    {%- else -%}
    {%- set identity_map = former('int_identity__map') -%}
    select
        {{ 'node_id' if identity_map else typed_null('bigint') ~ ' as node_id' }},
        {{ 'anchor_node_id' if identity_map else typed_null('bigint') ~ ' as anchor_node_id' }},
        {{ typed_null('bigint') }} as heir_node_id,
        {{ typed_null('timestamp') }} as gone_at
    {%- if identity_map %}
    from {{ identity_map }}
    {%- else %}
    where 1 = 0
    {%- endif %}
    {%- endif %}
{%- endmacro %}

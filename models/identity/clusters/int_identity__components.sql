-- One row per node that shares an identifier with another: the lowest node it is connected to.
{{ config(materialized='connected_components') }}

select
    node_a,
    node_b
from {{ ref('int_identity__edges') }}

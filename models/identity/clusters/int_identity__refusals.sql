-- One row per link that joined nobody and per join that did not come about, as
-- int_identity__clusters found them: of a link one node, of a join two.
{{ config(materialized='view') }}

select
    tier,
    identifier_type,
    identifier_value,
    node_id,
    other_node_id,
    reason,
    evidence,
    other_evidence,
    reconsidered_on,
    is_disputed
from {{ refusals_of(ref('int_identity__clusters')) }}

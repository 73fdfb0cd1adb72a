-- One row per record that its source has today: the customer it belongs to.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='record_key',
    meta={'entity': 'record_key', 'entities': 'int_identity__scope'},
) }}

with

scope as (
    select * from {{ ref('int_identity__scope') }}
),

anchors as (
    select anchors.*
    from {{ ref('int_identity__anchors') }} as anchors
    {% if is_incremental() %}
        inner join scope
            on anchors.node_id = scope.node_id
    {% endif %}
),

party_records as (
    select * from {{ ref('int_party_records') }}
)

select
    anchors.record_key,
    anchors.customer_id,
    anchors.node_id,
    anchors.anchor_node_id
from anchors
inner join party_records using (record_key)

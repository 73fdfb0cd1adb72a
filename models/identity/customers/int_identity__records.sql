-- One row per record: its customer, what it is in its source, and when that first knew it.
{{ config(materialized='view') }}

with

party_records as (
    select * from {{ ref('int_party_records') }}
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
)

select
    -- ids
    identity_map.customer_id,
    party_records.record_key,
    party_records.source_name,
    party_records.source_record_id,
    identity_map.node_id,

    -- what it is
    party_records.record_kind,

    -- times
    party_records.first_seen_at
from party_records
inner join identity_map using (record_key)

-- One row per link that may join nobody, with its reason.
{{ config(materialized='view') }}

with

links as (
    select * from {{ ref('int_identity__links') }}
)

select
    record_key,
    identifier_type,
    identifier_value,
    record_count,
    dropped_because
from links
where dropped_because is not null

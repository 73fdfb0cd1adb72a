-- One row per record ever seen, with the number that stands for it in the graph. Numbers only grow:
-- new records come after all old ones, by first seen, then key. Never rebuilt: a number stays.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    transient=false,
    contract={'enforced': true},
    meta={'kept': 'identity'},
) }}

with

party_records as (
    select
        party_records.record_key,
        party_records.first_seen_at
    from {{ ref('int_party_records') }} as party_records
    inner join {{ ref('int_identity__changed_records') }} as changed_records
        on party_records.record_key = changed_records.record_key
),

numbered as (
    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            {{ typed_null('string') }} as record_key,
            {{ typed_null('bigint') }} as node_id
        where 1 = 0
    {% endif %}
),

new_records as (
    select
        party_records.record_key,
        party_records.first_seen_at
    from party_records
    left join numbered using (record_key)
    where numbered.record_key is null
),

highest as (
    select coalesce(max(node_id), 0) as node_id
    from numbered
)

select
    new_records.record_key,
    cast(
        highest.node_id + row_number() over (
            order by new_records.first_seen_at nulls last, new_records.record_key
        ) as bigint
    ) as node_id
from new_records
cross join highest

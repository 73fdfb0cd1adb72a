-- One row per record that its source has, or had when the source was last on: a source that is off
-- for a night, or lacks a table, takes nobody away.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='record_key',
    full_refresh=false,
    transient=false,
    contract={'enforced': true},
    meta={'kept': 'identity', 'entity': 'all'},
) }}

with

party_records as (
    select * from {{ ref('int_party_records') }}
),

known as (
    {% if is_incremental() %}
        select * from {{ this }}
    {% else %}
        select
            party_records.*,
            {{ typed_null('string') }} as absent_tables
        from party_records
        where 1 = 0
    {% endif %}
)

select
    record_key,
    source_name,
    source_record_id,
    record_kind,
    party_type,
    first_name,
    last_name,
    birth_date,
    first_seen_at,
    cast({{ absent_tables_of('source_name') }} as {{ dbt.type_string() }}) as absent_tables,
    false as is_at_rest
from party_records

union all

select
    known.record_key,
    known.source_name,
    known.source_record_id,
    known.record_kind,
    known.party_type,
    known.first_name,
    known.last_name,
    known.birth_date,
    known.first_seen_at,
    known.absent_tables,
    true as is_at_rest
from known
left join party_records
    on known.record_key = party_records.record_key
where party_records.record_key is null
    and ({{ is_at_rest('known') }})

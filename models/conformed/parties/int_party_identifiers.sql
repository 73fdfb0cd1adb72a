-- One row per record, identifier type and normalised value. The sources give the identifiers they
-- carry; the address with the surname is made here, from the records.
with

supplied as (
    {{ union_sources('party_identifiers') }}
),

party_records as (
    select * from {{ ref('int_party_records') }}
),

addresses as (
    select
        record_key,
        cast('address_name' as {{ dbt.type_string() }}) as identifier_type,
        cast(
            {{ normalise_address('address_line_1') }}
            || '|' || {{ normalise_name('postal_code') }}
            || '|' || {{ normalise_name('last_name') }}
            as {{ dbt.type_string() }}
        ) as identifier_value,
        first_seen_at,
        last_seen_at
    from party_records
    where address_line_1 is not null and postal_code is not null and last_name is not null
),

identifiers as (
    select * from supplied
    union all
    select * from addresses
)

select
    record_key,
    identifier_type,
    identifier_value,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at
from identifiers
group by 1, 2, 3
-- (not a WHERE, by which DuckDB would normalise each address twice)
having count(record_key) > 0 and count(identifier_value) > 0

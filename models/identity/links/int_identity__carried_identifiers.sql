-- One row per record and identifier it carries, with all that decides whether it may join others:
-- the rules of its type, the name and birth date of the record, whether the value is blocked.
with

identifiers as (
    select * from {{ ref('int_party_identifiers') }}
),

party_records as (
    select * from {{ ref('int_party_records') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

nicknames as (
    select * from {{ ref('nicknames') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
),

normalised as (
    select
        record_key,
        {{ normalise_name('first_name') }} as first_name,
        {{ normalise_name('last_name') }} as last_name
    from party_records
    where first_name is not null
),

names as (
    select
        record_key,
        split_part({{ without_title('first_name') }}, ' ', 1) as given_name,
        {{ without_title('first_name') }} || ' ' || last_name as full_name
    from normalised
),

blocked_words as (
    select
        identifier_types.identifier_type,
        blocklist.blocked_value
    from blocklist
    inner join identifier_types
        on blocklist.identifier_type in ('*', identifier_types.identifier_type)
    where blocklist.match_kind = 'exact'
    group by 1, 2
)

select
    -- ids
    identifiers.record_key,
    nodes.node_id,
    identifiers.identifier_type,
    identifiers.identifier_value,

    -- the record
    party_records.party_type,
    party_records.record_kind,
    party_records.source_record_id,
    party_records.birth_date,
    substr(coalesce(nicknames.given_name, names.given_name), 1, 1) as initial,

    -- the rules of the type
    case
        when party_records.party_type = 'person' then identifier_types.joins_people
        else identifier_types.joins_organisations
    end as is_joining_type,
    identifier_types.max_records_per_value,
    identifier_types.max_values_per_record,
    identifier_types.max_initials_per_value,
    identifier_types.needs_same_name,
    identifier_types.is_shareable,

    -- the value
    case when identifier_types.needs_same_name then names.full_name else '' end as name_key,
    blocked_words.blocked_value is not null
    or {{ matches_blocked_pattern('identifiers.identifier_type', 'identifiers.identifier_value') }}
        as is_blocked,

    -- times
    identifiers.first_seen_at,
    identifiers.last_seen_at
from identifiers
inner join party_records using (record_key)
inner join nodes using (record_key)
inner join identifier_types using (identifier_type)
left join names using (record_key)
left join nicknames
    on names.given_name = nicknames.nickname
left join blocked_words
    on identifiers.identifier_type = blocked_words.identifier_type
        and lower(identifiers.identifier_value) = blocked_words.blocked_value

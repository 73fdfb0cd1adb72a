-- One row per record and identifier, carried or remembered, with all that decides whether it may
-- join others: the rules of its type, what kind of record it is, whether the value is blocked.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='identifier_id',
    meta={'entity': 'record_key', 'entities': 'int_identity__changed_records'},
) }}
with

changed_records as (
    select * from {{ ref('int_identity__changed_records') }}
),

known_identifiers as (
    select known_identifiers.*
    from {{ ref('int_identity__known_identifiers') }} as known_identifiers
    {% if is_incremental() %}
        inner join changed_records
            on known_identifiers.record_key = changed_records.record_key
    {% endif %}
),

known_records as (
    select * from {{ ref('int_identity__known_records') }}
),

nodes as (
    select * from {{ ref('int_identity__nodes') }}
),

identifier_types as (
    select * from {{ ref('identifier_types') }}
),

namespaces as (
    select * from {{ ref('identifier_namespaces') }}
),

blocklist as (
    select * from {{ ref('identifier_blocklist') }}
),

mail_domains as (
    select * from {{ ref('mail_domains') }}
),

mailboxes as (
    select
        known_identifiers.*,
        mail_domains.compared_domain,
        mail_domains.ignores_dots,
        mail_domains.ignores_tags
    from known_identifiers
    left join mail_domains
        on known_identifiers.identifier_type in ('email', 'visitor_email')
            and split_part(known_identifiers.identifier_value, '@', 2) = mail_domains.mail_domain
),

identifiers as (
    select
        identifier_id,
        record_key,
        identifier_type,
        identifier_value,
        {{ compared_email('identifier_value') }} as compared_value,
        first_seen_at,
        last_seen_at,
        carried_since,
        ended_at
    from mailboxes
),

blocked_mailboxes as (
    select
        identifier_types.identifier_type,
        lower(blocklist.blocked_value) as blocked_value,
        mail_domains.compared_domain,
        mail_domains.ignores_dots,
        mail_domains.ignores_tags
    from blocklist
    inner join identifier_types
        on blocklist.identifier_type in ('*', identifier_types.identifier_type)
    left join mail_domains
        on identifier_types.identifier_type in ('email', 'visitor_email')
            and split_part(lower(blocklist.blocked_value), '@', 2) = mail_domains.mail_domain
    where blocklist.match_kind = 'exact'
),

blocked_words as (
    select
        identifier_type,
        {{ compared_email('blocked_value') }} as blocked_value
    from blocked_mailboxes
    group by 1, 2
)

select
    -- ids
    identifiers.identifier_id,
    identifiers.record_key,
    nodes.node_id,
    identifiers.identifier_type,
    identifiers.identifier_value,
    coalesce(namespaces.namespace || ':', '') || identifiers.compared_value as compared_value,

    -- the record
    known_records.party_type,
    known_records.record_kind,
    known_records.source_record_id,

    -- the rules of the type
    identifier_types.class as identifier_class,
    case
        when known_records.party_type = 'person' then identifier_types.joins_people
        else identifier_types.joins_organisations
    end as is_joining_type,
    identifier_types.needs_name,
    identifier_types.needs_birth_date,
    identifier_types.max_people_per_value,
    identifier_types.max_records_per_value,
    identifier_types.max_records_per_day,
    identifier_types.max_values_per_customer,
    identifier_types.max_values_per_record,
    identifier_types.window_days,

    -- the value
    blocked_words.blocked_value is not null
    or {{ matches_blocked_pattern('identifiers.identifier_type', 'identifiers.compared_value') }}
        as is_blocked,

    -- times
    identifiers.first_seen_at,
    identifiers.last_seen_at,
    identifiers.carried_since,
    identifiers.ended_at
from identifiers
inner join known_records using (record_key)
inner join nodes using (record_key)
inner join identifier_types using (identifier_type)
left join namespaces
    on known_records.source_name = namespaces.source_name
        and identifiers.identifier_type = namespaces.identifier_type
left join blocked_words
    on identifiers.identifier_type = blocked_words.identifier_type
        and lower(identifiers.compared_value) = blocked_words.blocked_value

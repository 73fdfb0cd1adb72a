-- One row per record of which identity has to be made anew: it is new, other or gone, or something
-- that it is remembered by is forgotten; every record where a rule changed. A queue: what a run did
-- not come to the end of, the next one takes up; the last model of identity empties it.
{{ config(
    materialized='incremental',
    incremental_strategy='merge_changes',
    unique_key='record_key',
    meta={'due': {'int_identity__known_identifiers': ['forgotten_on']}},
) }}
-- what is in the seeds of identity is one of the rules
-- depends_on: {{ ref('identifier_types') }}, {{ ref('identifier_namespaces') }}
-- depends_on: {{ ref('identifier_blocklist') }}, {{ ref('mail_domains') }}, {{ ref('nicknames') }}
-- depends_on: {{ ref('identity_overrides') }}, {{ ref('source_priority') }}

{% set fingerprints = former('int_identity__fingerprints') %}
{% set known_identifiers = former('int_identity__known_identifiers') %}
{% set known_records = former('int_identity__known_records') %}
{% set is_all = identity_rules_changed() or not is_incremental() or not fingerprints %}

with

statements as (
    select
        record_key,
        {{ hash_of_row(columns_of_entity('party_records').values()) }} as said
    from {{ ref('int_party_records') }}
    union all
    select
        record_key,
        {{ hash_of_row(columns_of_entity('party_identifiers').values()) }} as said
    from {{ ref('int_party_identifiers') }}
),

present as (
    select
        record_key,
        cast(sum(said) as {{ dbt.type_string() }}) as fingerprint
    from statements
    group by 1
),

known as (
    {% if fingerprints %}
        select
            record_key,
            fingerprint
        from {{ fingerprints }}
    {% else %}
        select
            {{ typed_null('string') }} as record_key,
            {{ typed_null('string') }} as fingerprint
        where 1 = 0
    {% endif %}
),

compared as (
    select
        coalesce(present.record_key, known.record_key) as record_key,
        present.fingerprint,
        {{ 'true' if is_all else 'present.fingerprint is distinct from known.fingerprint' }}
            as is_changed
    from present
    full outer join known
        on present.record_key = known.record_key
),

-- those of which no source says anything new; of those that are queued it may be what it was before
others as (
    select {{ typed_null('string') }} as record_key
    where 1 = 0
    {% if is_incremental() %}
        union
        select record_key
        from {{ this }}
    {% endif %}
    {% if is_all and known_records %}
        union
        select record_key
        from {{ known_records }}
    {% elif known_identifiers %}
        union
        select record_key
        from {{ known_identifiers }}
        where forgotten_on <= {{ as_of_date() }}
    {% endif %}
)

select
    record_key,
    fingerprint
from compared
where is_changed

union all

select
    others.record_key,
    compared.fingerprint
from others
left join compared
    on others.record_key = compared.record_key
where compared.record_key is null or not compared.is_changed

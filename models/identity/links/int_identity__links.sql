-- One row per record and identifier, carried or remembered, with the reason where it may not join
-- records, as far as the link alone tells it (docs/identity.md); int_identity__clusters drops more.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='identifier_id',
    meta={'entity': 'record_key', 'entities': 'int_identity__scope'},
) }}

with

scope as (
    select * from {{ ref('int_identity__scope') }}
),

carried as (
    select carried.*
    from {{ ref('int_identity__carried_identifiers') }} as carried
    {% if is_incremental() %}
        inner join scope
            on carried.node_id = scope.node_id
    {% endif %}
),

crowded_values as (
    select * from {{ ref('int_identity__crowded_values') }}
),

shared_records as (
    select * from {{ ref('int_identity__shared_records') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
),

isolated as (
    select left_record_key as record_key
    from overrides
    where decision = 'isolate'
    group by 1
),

spelled as (
    select
        *,
        -- (spellings of one mailbox are one; what is but remembered is not counted)
        case
            when row_number()
                    over (
                        partition by record_key, identifier_type, compared_value, is_blocked
                        order by ended_at nulls first, identifier_value
                    )
                = 1 and ended_at is null and not is_blocked then 1
            else 0
        end as is_first_spelling
    from carried
),

measured as (
    select
        *,
        sum(is_first_spelling) over (partition by record_key, identifier_type) as value_count,
        -- (of what a record carries and carried, the newest first)
        dense_rank() over (
            partition by record_key, identifier_type, is_blocked
            order by ended_at desc nulls first, compared_value
        ) as value_place
    from spelled
)

select
    -- ids
    measured.identifier_id,
    measured.record_key,
    measured.node_id,
    measured.party_type,
    measured.identifier_type,
    measured.identifier_value,
    measured.compared_value,
    measured.identifier_class,

    -- the rules of the type
    measured.needs_name,
    measured.needs_birth_date,
    measured.max_people_per_value,
    measured.max_values_per_customer,
    measured.window_days,

    -- what the link may do
    case
        when measured.is_blocked then 'blocked'
        when isolated.record_key is not null then 'isolated'
        when shared_records.record_key is not null then 'shared_record'
        when not measured.is_joining_type then 'type'
        when measured.party_type = 'person'
            and (
                measured.value_count > measured.max_values_per_record
                or (
                    measured.ended_at is not null
                    and measured.value_place > measured.max_values_per_record
                )
            )
            then 'too_many_values'
        else crowded_values.dropped_because
    end as dropped_because,

    -- times
    measured.first_seen_at,
    measured.last_seen_at,
    measured.carried_since,
    measured.ended_at
from measured
left join crowded_values
    on measured.party_type = crowded_values.party_type
        and measured.identifier_type = crowded_values.identifier_type
        and measured.compared_value = crowded_values.compared_value
left join shared_records
    on measured.record_key = shared_records.record_key
left join isolated
    on measured.record_key = isolated.record_key

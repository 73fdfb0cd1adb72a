-- One row per record and identifier, carried or remembered, with the reason where it may not join
-- records, as far as the link alone tells it (docs/identity.md); int_identity__clusters drops more.
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
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

counted as (
    select
        *,
        count(*) over (partition by party_type, identifier_type, compared_value)
            as record_count,
        -- (of a type without the cap there is nothing to count)
        case
            when max_records_per_day is not null and first_seen_at is not null
                then count(*) over (
                        partition by
                            party_type, identifier_type, compared_value, cast(first_seen_at as date)
                    )
        end as day_record_count,
        -- (spellings of one mailbox are one; what is but remembered is not counted)
        case
            when row_number()
                    over (
                        partition by record_key, identifier_type, compared_value
                        order by ended_at nulls first, identifier_value
                    )
                = 1 and ended_at is null then 1
            else 0
        end as is_first_spelling
    from carried
    where not is_blocked
    union all
    select
        *,
        {{ typed_null('bigint') }} as record_count,
        {{ typed_null('bigint') }} as day_record_count,
        0 as is_first_spelling
    from carried
    where is_blocked
),

measured as (
    select
        *,
        sum(is_first_spelling) over (partition by record_key, identifier_type) as value_count,
        -- (of what a record carries and carried, the newest first)
        dense_rank() over (
            partition by record_key, identifier_type, is_blocked
            order by ended_at desc nulls first, compared_value
        ) as value_place,
        case
            when max_records_per_day is not null then max(day_record_count) over (
                    partition by party_type, identifier_type, compared_value
                )
        end as most_records_a_day
    from counted
)

select
    -- ids
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
        when measured.record_count > measured.max_records_per_value then 'hub'
        when measured.most_records_a_day > measured.max_records_per_day then 'crowded_day'
    end as dropped_because,

    -- times
    measured.first_seen_at,
    measured.last_seen_at,
    measured.carried_since,
    measured.ended_at
from measured
left join shared_records using (record_key)
left join isolated using (record_key)

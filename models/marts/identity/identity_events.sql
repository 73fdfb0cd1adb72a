-- One row per change of a customer: created, merged, split, kept or ended, with what caused it. It
-- tells the past, so a rebuild leaves it alone. (The macro erase_customer adds `erased`.)
{{ config(
    materialized='incremental',
    unique_key='event_id',
    full_refresh=false,
    transient=false,
    meta={'kept': 'identity'},
) }}

{% set long_ago = "cast('1900-01-01' as " ~ dbt.type_timestamp() ~ ')' %}
{% set told_until = '(select coalesce(max(happened_at), ' ~ long_ago ~ ') from ' ~ this
    ~ " where event <> 'erased')" if is_incremental() else long_ago %}

with

periods as (
    select * from {{ ref('identity_map_history') }}
),

anchors as (
    select * from {{ ref('int_identity__anchors') }}
),

aliases as (
    select * from {{ ref('customer_aliases') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
),

refused_merges as (
    select * from {{ ref('identity_refused_merges') }}
),

customers as (
    select customer_id
    from anchors
    where gone_at is null
    group by 1
),

-- what happened to records since it was last told
came as (
    select
        valid_from as happened_at,
        record_key,
        customer_id
    from periods
    where valid_from > {{ told_until }}
),

went as (
    select
        valid_to as happened_at,
        record_key,
        customer_id
    from periods
    where valid_to > {{ told_until }}
),

-- whose they were before, be it long ago: a record that was gone may come back as another's
former as (
    select
        came.*,
        periods.customer_id as former_customer_id
    from came
    inner join periods
        on came.record_key = periods.record_key
            and came.happened_at >= periods.valid_to
    qualify row_number() over (
            partition by came.record_key, came.happened_at order by periods.valid_to desc
        ) = 1
),

-- (where it was merged away meanwhile, to whom it has come now, that was told)
moved as (
    select
        former.happened_at,
        former.record_key,
        former.former_customer_id,
        former.customer_id
    from former
    inner join periods
        on former.former_customer_id = periods.customer_id
            and former.happened_at > periods.valid_from
    left join periods as onward
        on periods.record_key = onward.record_key
            and periods.valid_to = onward.valid_from
            and former.happened_at > onward.valid_from
    left join aliases
        on former.former_customer_id = aliases.former_customer_id
    left join aliases as new_aliases
        on former.customer_id = new_aliases.former_customer_id
    where former.former_customer_id <> former.customer_id
    group by 1, 2, 3, 4
    having max(coalesce(periods.valid_to, former.happened_at)) >= former.happened_at
        or max(onward.valid_from) is null
        or max(periods.valid_to) > max(onward.valid_from)
        or max(aliases.customer_id)
        is distinct from coalesce(max(new_aliases.customer_id), former.customer_id)
),

concerned as (
    select
        happened_at,
        customer_id
    from came
    union
    select
        happened_at,
        customer_id
    from went
    union
    select
        happened_at,
        former_customer_id as customer_id
    from moved
),

lives as (
    select
        concerned.happened_at,
        concerned.customer_id,
        max(case
            when periods.valid_from < concerned.happened_at
                and (periods.valid_to is null or periods.valid_to >= concerned.happened_at) then 1
            else 0
        end) = 1 as was_there,
        max(case
            when periods.valid_from <= concerned.happened_at
                and (periods.valid_to is null or periods.valid_to > concerned.happened_at) then 1
            else 0
        end) = 1 as is_there
    from concerned
    inner join periods using (customer_id)
    group by 1, 2
),

first_records as (
    select
        came.happened_at,
        came.customer_id,
        came.record_key
    from came
    inner join anchors using (record_key)
    qualify row_number() over (
            partition by came.happened_at, came.customer_id order by anchors.node_id
        ) = 1
),

created as (
    select
        lives.happened_at,
        cast('created' as {{ dbt.type_string() }}) as event,
        lives.customer_id,
        {{ typed_null('string') }} as other_customer_id,
        first_records.record_key
    from lives
    inner join first_records using (happened_at, customer_id)
    left join moved
        on lives.happened_at = moved.happened_at
            and lives.customer_id = moved.customer_id
    where lives.is_there and not lives.was_there and moved.record_key is null
),

ended as (
    select
        lives.happened_at,
        cast('ended' as {{ dbt.type_string() }}) as event,
        lives.customer_id,
        {{ typed_null('string') }} as other_customer_id,
        min_by(went.record_key, anchors.node_id) as record_key
    from lives
    inner join went using (happened_at, customer_id)
    inner join anchors
        on went.record_key = anchors.record_key
    left join moved
        on lives.happened_at = moved.happened_at
            and lives.customer_id = moved.former_customer_id
    where lives.was_there and not lives.is_there and moved.record_key is null
    group by 1, 2, 3, 4
),

kept as (
    select
        anchors.gone_at as happened_at,
        cast('kept' as {{ dbt.type_string() }}) as event,
        anchors.customer_id,
        {{ typed_null('string') }} as other_customer_id,
        anchors.record_key
    from anchors
    inner join customers using (customer_id)
    where anchors.gone_at > {{ told_until }} and anchors.node_id = anchors.anchor_node_id
),

-- whose records went where; of an id that is no more, most of all to the one that has replaced it
ways as (
    select
        moved.happened_at,
        moved.former_customer_id,
        moved.customer_id,
        min_by(moved.record_key, anchors.node_id) as record_key,
        min(case when lives.is_there then 1 else 0 end) = 0 and row_number() over (
            partition by moved.happened_at, moved.former_customer_id
            order by
                max(case when aliases.customer_id = moved.customer_id then 0 else 1 end),
                count(*) desc,
                moved.customer_id
        ) = 1 as is_merge
    from moved
    inner join lives
        on moved.happened_at = lives.happened_at
            and moved.former_customer_id = lives.customer_id
    inner join anchors
        on moved.record_key = anchors.record_key
    left join aliases
        on moved.former_customer_id = aliases.former_customer_id
    group by 1, 2, 3
),

-- (of few customers: an increment does not read all identifiers for them)
customers_of_ways as (
    select customer_id
    from ways
    union
    select former_customer_id as customer_id
    from ways
),

identifiers as (
    select identifiers.*
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join customers_of_ways
        on identifiers.customer_id = customers_of_ways.customer_id
),

-- what both sides of a merge carry
sides as (
    select
        ways.happened_at,
        ways.former_customer_id,
        ways.customer_id,
        anchors.record_key,
        case when moved.record_key is null then 0 else 1 end as is_former
    from ways
    inner join anchors
        on ways.customer_id = anchors.customer_id
            and anchors.gone_at is null
    left join moved
        on ways.happened_at = moved.happened_at
            and ways.former_customer_id = moved.former_customer_id
            and anchors.record_key = moved.record_key
    where ways.is_merge
),

ties as (
    select
        sides.happened_at,
        sides.former_customer_id,
        sides.customer_id,
        identifiers.identifier_class || 's' as tier,
        identifiers.identifier_type,
        identifiers.compared_value as identifier_value
    from sides
    inner join identifiers using (record_key)
    where identifiers.dropped_because is null
    group by 1, 2, 3, 4, 5, 6
    having min(sides.is_former) = 0 and max(sides.is_former) = 1
    union all
    select
        sides.happened_at,
        sides.former_customer_id,
        sides.customer_id,
        'overrides' as tier,
        'override' as identifier_type,
        overrides.left_record_key || ' ' || overrides.right_record_key as identifier_value
    from sides
    inner join overrides
        on sides.record_key in (overrides.left_record_key, overrides.right_record_key)
            and overrides.decision = 'link'
    group by 1, 2, 3, 4, 5, 6
    having min(sides.is_former) = 0 and max(sides.is_former) = 1
),

-- what keeps both sides of a split apart: a refused join, or a link that is dropped
rifts as (
    select
        ways.happened_at,
        ways.former_customer_id,
        ways.customer_id,
        refused_merges.tier,
        refused_merges.identifier_type,
        refused_merges.identifier_value,
        refused_merges.reason
    from ways
    inner join refused_merges
        on least(ways.former_customer_id, ways.customer_id)
            = least(refused_merges.customer_id, refused_merges.other_customer_id)
            and greatest(ways.former_customer_id, ways.customer_id)
            = greatest(refused_merges.customer_id, refused_merges.other_customer_id)
    where not ways.is_merge
    union all
    select
        ways.happened_at,
        ways.former_customer_id,
        ways.customer_id,
        lefts.identifier_class || 's' as tier,
        lefts.identifier_type,
        lefts.compared_value as identifier_value,
        coalesce(min(lefts.dropped_because), min(rights.dropped_because)) as reason
    from ways
    inner join identifiers as lefts
        on ways.former_customer_id = lefts.customer_id
    inner join identifiers as rights
        on ways.customer_id = rights.customer_id
            and lefts.identifier_type = rights.identifier_type
            and lefts.compared_value = rights.compared_value
    where not ways.is_merge
        and coalesce(lefts.dropped_because, rights.dropped_because) is not null
    group by 1, 2, 3, 4, 5, 6
),

causes as (
    select
        *,
        {{ typed_null('string') }} as reason
    from ties
    union all
    select * from rifts
),

first_causes as (
    select *
    from causes
    qualify row_number() over (
            partition by happened_at, former_customer_id, customer_id
            order by
                case tier
                    when 'overrides' then 1
                    when 'keys' then 2
                    when 'contacts' then 3
                    else 4
                end,
                identifier_type, identifier_value, reason nulls last
        ) = 1
),

events as (
    select
        *,
        {{ typed_null('string') }} as tier,
        {{ typed_null('string') }} as identifier_type,
        {{ typed_null('string') }} as identifier_value,
        {{ typed_null('string') }} as reason
    from (
        select * from created
        union all
        select * from ended
        union all
        select * from kept
    ) as of_one
    union all
    select
        ways.happened_at,
        case when ways.is_merge then 'merged' else 'split' end as event,
        case when ways.is_merge then ways.customer_id else ways.former_customer_id end
            as customer_id,
        case when ways.is_merge then ways.former_customer_id else ways.customer_id end
            as other_customer_id,
        ways.record_key,
        first_causes.tier,
        first_causes.identifier_type,
        first_causes.identifier_value,
        first_causes.reason
    from ways
    left join first_causes using (happened_at, former_customer_id, customer_id)
)

select
    -- ids
    {{ event_id() }} as event_id,
    customer_id,
    other_customer_id,
    record_key,

    -- what happened
    event,
    happened_at,

    -- what caused it
    tier,
    identifier_type,
    identifier_value,
    reason
from events

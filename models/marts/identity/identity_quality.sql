-- One row per run: how many records and customers there were, and what stood in doubt. It tells the
-- past, so a rebuild leaves it alone.
{{ config(
    materialized='incremental',
    unique_key='run_at',
    full_refresh=false,
    transient=false,
    on_schema_change='append_new_columns',
    meta={'kept': 'identity'},
) }}

with

records as (
    select * from {{ ref('int_identity__records') }}
),

known_records as (
    select * from {{ ref('int_identity__known_records') }}
),

-- (few columns of them: they are read more than once)
identifiers as (
    select
        links.record_key,
        links.identifier_type,
        links.identifier_class,
        links.compared_value,
        links.ended_at
    from {{ ref('int_identity__links') }} as links
    inner join records
        on links.record_key = records.record_key
    where links.identifier_class = 'key' or links.identifier_type = 'email'
        or links.ended_at is not null
),

refused_merges as (
    select * from {{ ref('identity_refused_merges') }}
),

clusters as (
    select * from {{ ref('int_identity__clusters') }}
),

suspect_values as (
    select * from {{ ref('identity_suspect_values') }}
),

overrides as (
    select * from {{ ref('int_identity__overrides') }}
),

customers as (
    select
        customer_id,
        count(*) as record_count
    from records
    group by 1
),

sizes as (
    select
        sum(record_count) as record_count,
        count(*) as customer_count,
        max(record_count) as largest_customer_record_count
    from customers
),

-- a record that shares no value with another is a unit by itself
units as (
    select coalesce(max(record_count), 1) as largest_unit_record_count
    from (
        select
            unit_id,
            count(*) as record_count
        from clusters
        group by 1
    ) as counted
),

resting as (
    select count(*) as resting_record_count
    from known_records
    where is_at_rest
),

remembered as (
    select count(*) as remembered_identifier_count
    from identifiers
    where ended_at is not null
),

refused as (
    select count(*) as refused_merge_count
    from refused_merges
),

suspects as (
    select count(*) as suspect_value_count
    from suspect_values
),

waiting as (
    select count(*) as waiting_override_count
    from overrides
    left join known_records as lefts
        on overrides.left_record_key = lefts.record_key
    left join known_records as rights
        on overrides.right_record_key = rights.record_key
    where lefts.record_key is null
        or (overrides.right_record_key is not null and rights.record_key is null)
),

-- the emails that each system has beside each customer number that it quotes
emails_of_keys as (
    select
        keys.identifier_type,
        keys.compared_value as key_value,
        records.source_name,
        emails.compared_value as email
    from identifiers as keys
    inner join records using (record_key)
    inner join identifiers as emails
        on keys.record_key = emails.record_key
            and emails.identifier_type = 'email'
    where keys.identifier_class = 'key'
        and keys.ended_at is null
        and emails.ended_at is null
    group by 1, 2, 3, 4
),

keys_of_systems as (
    select
        identifier_type,
        key_value,
        source_name
    from emails_of_keys
    group by 1, 2, 3
),

-- each key that two systems quote, and whether both have one email beside it
comparisons as (
    select
        systems.identifier_type,
        systems.source_name,
        systems.key_value,
        max(case when others.email is not null then 1 else 0 end) as agrees
    from keys_of_systems as systems
    inner join keys_of_systems as other_systems
        on systems.identifier_type = other_systems.identifier_type
            and systems.key_value = other_systems.key_value
            and systems.source_name <> other_systems.source_name
    inner join emails_of_keys as emails
        on systems.identifier_type = emails.identifier_type
            and systems.key_value = emails.key_value
            and systems.source_name = emails.source_name
    left join emails_of_keys as others
        on emails.identifier_type = others.identifier_type
            and emails.key_value = others.key_value
            and emails.email = others.email
            and other_systems.source_name = others.source_name
    group by 1, 2, 3
),

agreements as (
    select
        source_name || '.' || identifier_type as quoted_key,
        cast(round(1.0 * sum(agrees) / count(*), 4) as numeric(5, 4)) as agreement
    from comparisons
    group by 1
    having count(*) >= 20
),

least_agreement as (
    select
        quoted_key,
        agreement
    from agreements
    qualify row_number() over (order by agreement, quoted_key) = 1
)

select
    -- the run
    {{ run_time() }} as run_at,
    {{ as_of_date() }} as as_of_date,

    -- who is who
    cast(coalesce(sizes.record_count, 0) as {{ dbt.type_bigint() }}) as record_count,
    sizes.customer_count,
    cast(
        round(1.0 * sizes.record_count / nullif(sizes.customer_count, 0), 4) as numeric(18, 4)
    ) as records_per_customer,
    sizes.largest_customer_record_count,
    case when sizes.record_count > 0 then units.largest_unit_record_count end
        as largest_unit_record_count,

    -- what rests or is remembered
    resting.resting_record_count,
    remembered.remembered_identifier_count,

    -- what stands in doubt
    suspects.suspect_value_count,
    refused.refused_merge_count,
    waiting.waiting_override_count,
    least_agreement.quoted_key as least_agreeing_key,
    least_agreement.agreement as least_key_agreement
from sizes
cross join units
cross join resting
cross join remembered
cross join refused
cross join suspects
cross join waiting
left join least_agreement
    on 1 = 1

-- One row per customer: a person or an organisation, out of every record that is theirs.
with

golden_records as (
    select * from {{ ref('int_identity__golden_records') }}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
),

party_records as (
    select * from {{ ref('int_party_records') }}
),

identified as (
    select identity_map.customer_id
    from links
    inner join identity_map using (record_key)
    where not links.is_shareable
        and (links.dropped_because is null or links.dropped_because = 'no_name')
    group by 1
),

ranked_memberships as (
    select
        members.customer_id,
        organisations.customer_id as organisation_customer_id,
        row_number() over (
            partition by members.customer_id
            order by
                party_records.is_deleted asc,
                party_records.last_seen_at desc nulls last,
                organisations.customer_id asc
        ) as membership_rank
    from party_records
    inner join identity_map as members using (record_key)
    inner join identity_map as organisations
        on party_records.member_of_record_key = organisations.record_key
    where members.customer_id <> organisations.customer_id
),

-- of several, the one that still holds and was seen last
memberships as (
    select
        customer_id,
        organisation_customer_id
    from ranked_memberships
    where membership_rank = 1
)

select
    -- ids
    golden_records.customer_id,
    memberships.organisation_customer_id,

    -- who it is
    golden_records.party_type,
    golden_records.party_type = 'person'
    and identified.customer_id is null
    and coalesce(golden_records.last_name, golden_records.first_name) is null as is_anonymous,
    golden_records.first_name,
    golden_records.last_name,
    coalesce(
        golden_records.organisation_name,
        nullif(trim(
            coalesce(golden_records.first_name, '') || ' ' || coalesce(golden_records.last_name, '')
        ), '')
    ) as full_name,
    golden_records.organisation_name,
    golden_records.birth_date,
    golden_records.gender,

    -- contact points
    golden_records.email,
    golden_records.phone,
    golden_records.address_line_1,
    golden_records.city,
    golden_records.region,
    golden_records.postal_code,
    golden_records.country_code,

    -- what is behind it
    golden_records.record_count,
    golden_records.source_count,
    golden_records.is_deleted,

    -- times
    golden_records.first_seen_at,
    golden_records.last_seen_at
from golden_records
left join identified using (customer_id)
left join memberships using (customer_id)

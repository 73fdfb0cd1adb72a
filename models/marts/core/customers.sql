-- One row per customer: a person or an organisation, out of every record that is theirs.
with

golden_records as (
    select * from {{ ref('int_identity__golden_records') }}
),

memberships as (
    select * from {{ ref('int_identity__memberships') }}
)

select
    -- ids
    golden_records.customer_id,
    memberships.organisation_customer_id,

    -- who it is
    golden_records.party_type,
    golden_records.party_type = 'person'
    and not golden_records.is_identified
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
    golden_records.language,
    golden_records.time_zone,

    -- contact points
    golden_records.email,
    golden_records.phone,
    golden_records.address_line_1,
    golden_records.city,
    golden_records.region,
    golden_records.postal_code,
    golden_records.country_code,

    -- account, as the CRM holds it
    golden_records.account_type,
    golden_records.account_status,
    golden_records.industry,
    golden_records.account_owner,

    -- what is behind it
    golden_records.record_count,
    golden_records.source_count,
    golden_records.is_deleted,

    -- times
    golden_records.first_seen_at,
    golden_records.last_seen_at
from golden_records
left join memberships using (customer_id)

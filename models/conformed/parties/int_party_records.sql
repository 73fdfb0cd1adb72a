-- One row per customer-like record in one source.
-- A billing account, incident or survey that only quotes an account number is an organisation's
-- where the CRM says that account is one, else a person's.
with

records as (
    {{ union_sources('party_records') }}
),

organisation_accounts as (
    select account_number
    from records
    where party_type = 'organisation' and account_number is not null
    group by 1
)

select
    records.record_key,
    records.source_name,
    records.record_kind,
    records.source_record_id,
    cast(coalesce(
        records.party_type,
        case when organisation_accounts.account_number is not null then 'organisation' end,
        'person'
    ) as {{ dbt.type_string() }}) as party_type,
    records.account_number,
    records.member_of_record_key,
    records.first_name,
    records.last_name,
    records.organisation_name,
    records.birth_date,
    records.gender,
    records.language,
    records.time_zone,
    records.email,
    records.phone,
    records.address_line_1,
    records.city,
    records.region,
    records.postal_code,
    records.country_code,
    records.account_type,
    records.account_status,
    records.industry,
    records.account_owner,
    records.first_seen_at,
    records.last_seen_at,
    records.is_deleted
from records
left join organisation_accounts
    on records.account_number = organisation_accounts.account_number

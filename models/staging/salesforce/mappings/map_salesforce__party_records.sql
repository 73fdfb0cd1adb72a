-- One row per account and contact of the CRM, and per account that only an opportunity quotes.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

accounts as (
    select * from {{ ref('stg_salesforce__account') }}
),

contacts as (
    select * from {{ ref('stg_salesforce__contact') }}
),

opportunities as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

quoted_accounts as (
    select
        record_key,
        source_account_id,
        min(created_at) as first_seen_at,
        max(created_at) as last_seen_at
    from opportunities
    group by 1, 2
),

-- a person account that gives its name in one piece only: what stands before the first space is the
-- given name; a single word is a family name, which the CRM requires
people as (
    select
        record_key,
        first_name,
        last_name,
        account_name,
        first_name is null and last_name is null as is_in_one_piece,
        {{ dbt.position("' '", 'account_name') }} as first_space
    from accounts
    where is_person_account
),

person_names as (
    select
        record_key,
        case
            when is_in_one_piece then substring(account_name, 1, nullif(first_space, 0) - 1)
            else first_name
        end as first_name,
        case
            when is_in_one_piece then ltrim(substring(account_name, first_space + 1))
            else last_name
        end as last_name
    from people
),

account_records as (
    select
        coalesce(accounts.record_key, quoted_accounts.record_key) as record_key,
        case when accounts.record_key is null then 'respondent' else 'account' end as record_kind,
        coalesce(accounts.source_account_id, quoted_accounts.source_account_id) as source_record_id,
        case when accounts.is_person_account then 'person' else 'organisation' end as party_type,
        accounts.account_number,
        {{ typed_null('string') }} as member_of_record_key,
        person_names.first_name,
        person_names.last_name,
        case
            when not accounts.is_person_account then accounts.account_name
        end as organisation_name,
        {{ typed_null('date') }} as birth_date,
        accounts.email,
        accounts.phone,
        accounts.address_line_1,
        accounts.city,
        accounts.region,
        accounts.postal_code,
        accounts.country_code,
        accounts.account_type,
        accounts.account_status,
        accounts.industry,
        accounts.account_owner,
        coalesce(accounts.created_at, quoted_accounts.first_seen_at, accounts.loaded_at)
            as first_seen_at,
        coalesce(
            accounts.modified_at, accounts.created_at, quoted_accounts.last_seen_at,
            accounts.loaded_at
        ) as last_seen_at,
        coalesce(accounts.is_deleted, false) as is_deleted
    from accounts
    full outer join quoted_accounts
        on accounts.record_key = quoted_accounts.record_key
    left join person_names
        on accounts.record_key = person_names.record_key
),

contact_records as (
    select
        record_key,
        'contact' as record_kind,
        source_contact_id as source_record_id,
        'person' as party_type,
        {{ typed_null('string') }} as account_number,
        account_record_key as member_of_record_key,
        first_name,
        last_name,
        {{ typed_null('string') }} as organisation_name,
        birth_date,
        email,
        coalesce(mobile_phone, phone) as phone,
        address_line_1,
        city,
        region,
        postal_code,
        country_code,
        {{ typed_null('string') }} as account_type,
        {{ typed_null('string') }} as account_status,
        {{ typed_null('string') }} as industry,
        {{ typed_null('string') }} as account_owner,
        coalesce(created_at, loaded_at) as first_seen_at,
        coalesce(modified_at, created_at, loaded_at) as last_seen_at,
        is_deleted
    from contacts
),

records as (
    select * from account_records
    union all
    select * from contact_records
)

select
    {{ not_supplied('party_records', ['gender', 'language', 'time_zone']) }}
    record_key,
    'salesforce' as source_name,
    record_kind,
    source_record_id,
    party_type,
    account_number,
    member_of_record_key,
    first_name,
    last_name,
    organisation_name,
    birth_date,
    email,
    phone,
    address_line_1,
    city,
    region,
    postal_code,
    country_code,
    account_type,
    account_status,
    industry,
    account_owner,
    first_seen_at,
    last_seen_at,
    is_deleted
from records

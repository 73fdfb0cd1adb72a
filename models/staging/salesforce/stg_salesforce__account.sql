-- One row per accepted record of salesforce.account. Where the CRM does not say whether an account
-- is a person, its type does: consumers are people, all else is an organisation.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

accepted as (
    {{ accepted_rows('base_salesforce__account') }}
),

normalised as (
    select
        *,
        {{ normalise_country('billing_country') }} as iso_country_code,
        {{ dialling_country('billing_country') }} as dialled_in
    from accepted
)

select
    -- ids
    {{ record_key('salesforce', 'id') }} as record_key,
    id as source_account_id,
    account_number,

    -- name
    coalesce(is_person_account, lower(type) = 'consumer', false) as is_person_account,
    name as account_name,
    first_name,
    last_name,

    -- contact points
    {{ normalise_email('email') }} as email,
    email as email_original,
    {{ normalise_phone('phone', 'dialled_in') }} as phone,
    phone as phone_original,
    billing_street as address_line_1,
    billing_city as city,
    billing_state as region,
    billing_postal_code as postal_code,
    iso_country_code as country_code,

    -- relationship
    lower(type) as account_type,
    lower(status) as account_status,
    industry,
    owner_name as account_owner,
    coalesce(is_deleted, false) as is_deleted,

    -- times
    created_date as created_at,
    last_modified_date as modified_at,
    loaded_at
from normalised

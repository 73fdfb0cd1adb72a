-- One row per accepted record of salesforce.contact.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

accepted as (
    {{ accepted_rows('base_salesforce__contact') }}
),

normalised as (
    select
        *,
        {{ normalise_country('mailing_country') }} as iso_country_code,
        {{ dialling_country('mailing_country') }} as dialled_in
    from accepted
)

select
    -- ids
    {{ record_key('salesforce', 'id') }} as record_key,
    id as source_contact_id,
    {{ record_key('salesforce', 'account_id') }} as account_record_key,
    account_id as source_account_id,

    -- name
    first_name,
    last_name,
    birthdate as birth_date,

    -- contact points
    {{ normalise_email('email') }} as email,
    email as email_original,
    {{ normalise_phone('phone', 'dialled_in') }} as phone,
    phone as phone_original,
    {{ normalise_phone('mobile_phone', 'dialled_in') }} as mobile_phone,
    mobile_phone as mobile_phone_original,
    mailing_street as address_line_1,
    mailing_city as city,
    mailing_state as region,
    mailing_postal_code as postal_code,
    iso_country_code as country_code,

    -- state
    coalesce(is_deleted, false) as is_deleted,

    -- times
    created_date as created_at,
    last_modified_date as modified_at,
    loaded_at
from normalised

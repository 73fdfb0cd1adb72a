-- One row per accepted record of retail.customers.
{{ config(enabled=source_is_enabled('retail')) }}

with

accepted as (
    {{ accepted_rows('base_retail__customers') }}
),

normalised as (
    select
        *,
        {{ normalise_country('country_code') }} as iso_country_code,
        {{ dialling_country('country_code') }} as dialled_in
    from accepted
)

select
    -- ids
    {{ record_key('retail', 'customer_id') }} as record_key,
    customer_id as source_customer_id,

    -- name
    first_name,
    last_name,
    date_of_birth as birth_date,
    gender,
    language,
    time_zone,

    -- contact points
    {{ normalise_email('email_address') }} as email,
    email_address as email_original,
    {{ normalise_phone('phone_number', 'dialled_in') }} as phone,
    phone_number as phone_original,
    address_line_1,
    city,
    state_code as region,
    zip_code as postal_code,
    iso_country_code as country_code,

    -- relationship
    loyalty_tier,
    loyalty_points,
    customer_status,
    preferred_channel,
    preferred_store as preferred_store_id,
    coalesce(is_deleted, false) as is_deleted,

    -- times
    registration_date as registered_at,
    last_login_date as last_login_at,
    loaded_at
from normalised

-- One row per accepted record of web.events. An event belongs to the cookie it carries, else to the
-- device, else to the login; a placeholder for one of them counts only where there is no other.
{{ config(enabled=source_is_enabled('web')) }}

with

accepted as (
    {{ accepted_rows('base_web__events') }}
),

normalised as (
    select
        *,
        case when phone is not null then {{ dialling_country('country') }} end
            as phone_country_code
    from accepted
)

select
    -- ids
    event_id as source_event_id,
    coalesce(
        {{ record_key('web', usable_id('cookie_id'), 'cookie') }},
        {{ record_key('web', usable_id('device_id'), 'device') }},
        {{ record_key('web', usable_id('login_id'), 'login') }},
        {{ record_key('web', 'cookie_id', 'cookie') }},
        {{ record_key('web', 'device_id', 'device') }},
        {{ record_key('web', 'login_id', 'login') }}
    ) as record_key,
    session_id,
    cookie_id,
    device_id,
    login_id,
    product_id as source_product_id,
    {{ usable_id('order_id') }} as online_order_id,

    -- contact points
    {{ normalise_email('email') }} as email,
    email as email_original,
    {{ normalise_phone('phone', 'phone_country_code') }} as phone,
    phone as phone_original,

    -- what happened
    event_type,
    page_url,
    referrer_url,
    search_query,
    time_on_page as seconds_on_page,
    scroll_depth as scroll_depth_pct,
    revenue as revenue_reporting,
    properties,

    -- where from
    utm_source,
    utm_medium,
    utm_campaign,
    user_agent,
    device_family,
    os_family,
    browser_family,
    ip_address,
    country,
    city,
    zip_code as postal_code,

    -- times
    event_timestamp as occurred_at,
    loaded_at
from normalised

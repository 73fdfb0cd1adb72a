-- One row per web event.
{{ config(enabled=source_is_enabled('web')) }}

with

events as (
    select * from {{ ref('stg_web__events') }}
)

select
    {{ record_key('web', 'source_event_id') }} as event_id,
    record_key,
    'web' as source_name,
    event_type,
    occurred_at,
    session_id,
    cookie_id,
    device_id,
    login_id,
    page_url,
    referrer_url,
    utm_source,
    utm_medium,
    utm_campaign,
    source_product_id,
    search_query,
    seconds_on_page,
    scroll_depth_pct,
    online_order_id,
    revenue_reporting,
    device_family,
    os_family,
    browser_family,
    country,
    city,
    properties,
    loaded_at
from events

-- One row per browser or login and identifier. A table: the events are aggregated here, once, and
-- the records are made of what comes out. Emails and phones are normalised behind the aggregation,
-- since many events carry few of them, and the spellings of one are brought together. An email
-- typed without a login, in a browser that somebody logs in on, may be another's: a visitor_email.
{{ config(materialized='table', enabled=source_is_enabled('web')) }}

with

events as (
    select * from {{ ref('stg_web__events') }}
),

spellings as (
    select
        record_key,
        cookie_id,
        device_id,
        login_id,
        email_original,
        phone_original,
        case when phone_original is not null then {{ dialling_country('country') }} end
            as phone_country_code,
        min(occurred_at) as first_seen_at,
        max(occurred_at) as last_seen_at
    from events
    group by 1, 2, 3, 4, 5, 6, 7
),

visitors as (
    select
        record_key,
        cookie_id,
        device_id,
        login_id,
        {{ normalise_email('email_original') }} as email,
        {{ normalise_phone('phone_original', 'phone_country_code') }} as phone,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from spellings
    group by 1, 2, 3, 4, 5, 6
),

-- an email is told to be the login's where one event carries both
emails_of_logins as (
    select
        record_key,
        email
    from visitors
    where login_id is not null and email is not null
    group by 1, 2
),

browsers_with_login as (
    select record_key
    from visitors
    where login_id is not null
    group by 1
),

told as (
    select
        visitors.*,
        browsers_with_login.record_key is null or emails_of_logins.email is not null
            as is_email_told
    from visitors
    left join browsers_with_login using (record_key)
    left join emails_of_logins using (record_key, email)
)

{{ identifiers_from('told', {
    'cookie_id': 'cookie_id',
    'device_id': 'device_id',
    'login_id': 'login_id',
    'email': 'case when is_email_told then email end',
    'visitor_email': 'case when not is_email_told then email end',
    'phone': 'phone',
}) }}

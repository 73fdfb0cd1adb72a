-- One row per customer or email that a ticket or an interaction quotes. An interaction without a
-- customer is seen as its ticket's.
{{ config(enabled=source_is_enabled('support')) }}

with

tickets as (
    select * from {{ ref('stg_support__tickets') }}
),

interactions as (
    select * from {{ ref('stg_support__interactions') }}
),

sightings as (
    select
        record_key,
        source_customer_id,
        email,
        created_at as seen_at
    from tickets
    union all
    select
        coalesce(interactions.record_key, tickets.record_key) as record_key,
        coalesce(interactions.source_customer_id, tickets.source_customer_id) as source_customer_id,
        {{ typed_null('string') }} as email,
        interactions.interacted_at as seen_at
    from interactions
    left join tickets
        on interactions.source_ticket_id = tickets.source_ticket_id
),

latest_email_first as (
    select
        *,
        row_number() over (
            partition by record_key
            order by case when email is null then 1 else 0 end asc, seen_at desc, email asc
        ) as email_rank
    from sightings
    where record_key is not null
),

records as (
    select
        record_key,
        source_customer_id,
        max(case when email_rank = 1 then email end) as email,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from latest_email_first
    group by 1, 2
)

select
    {{ not_supplied('party_records', [
        'account_number', 'member_of_record_key', 'first_name', 'last_name', 'organisation_name',
        'birth_date', 'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code',
        'country_code',
    ]) }}
    record_key,
    'support' as source_name,
    'respondent' as record_kind,
    coalesce(source_customer_id, email) as source_record_id,
    'person' as party_type,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

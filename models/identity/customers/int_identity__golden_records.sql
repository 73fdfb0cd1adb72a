-- One row per customer: its attributes, each group taken whole from one record: of the most
-- trusted source, then the most recently seen, then the most often seen value. A deleted record
-- speaks last, and a country alone is no address. A blocked contact point is nobody's; one in doubt
-- (disputed, or on too many records) is shown on who carries it in a profile of its own, and last.
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='customer_id',
    meta={'entity': 'customer_id', 'entities': 'int_identity__changed_customers'},
    post_hook='{{ settle_identity() }}',
) }}
-- depends_on: {{ ref('int_identity__fingerprints') }} (it is made before the queues are emptied)

with

party_records as (
    select * from {{ ref('int_party_records') }}
),

changed_customers as (
    select * from {{ ref('int_identity__changed_customers') }}
),

identity_map as (
    select identity_map.*
    from {{ ref('int_identity__map') }} as identity_map
    {% if is_incremental() %}
        inner join changed_customers
            on identity_map.customer_id = changed_customers.customer_id
    {% endif %}
),

links as (
    select * from {{ ref('int_identity__links') }}
),

profiles as (
    select * from {{ ref('int_identity__profiles') }}
),

refusals as (
    select * from {{ ref('int_identity__refusals') }}
),

source_priority as (
    select * from {{ ref('source_priority') }}
),

records as (
    select
        identity_map.customer_id,
        identity_map.node_id,
        party_records.*
    from party_records
    inner join identity_map using (record_key)
),

values_in_doubt as (
    select
        identifier_type,
        identifier_value
    from refusals
    where is_disputed or reason = 'hub'
    group by 1, 2
),

contact_points as (
    select
        records.customer_id,
        records.node_id,
        records.source_name,
        records.is_deleted or values_in_doubt.identifier_value is not null
        or coalesce(links.dropped_because, 'type') <> 'type' as is_deleted,
        links.identifier_type,
        links.identifier_value,
        links.last_seen_at,
        count(*) over (
            partition by records.customer_id, links.identifier_type, links.identifier_value
        ) as seen_count
    from links
    inner join records using (record_key)
    -- (a mailbox that joins nobody, as an organisation's, is its own, whoever disputes it)
    left join values_in_doubt
        on links.identifier_type = values_in_doubt.identifier_type
            and links.compared_value = values_in_doubt.identifier_value
            and links.dropped_because is null
    left join profiles
        on links.record_key = profiles.record_key
    where links.identifier_type in ('email', 'phone')
        and links.ended_at is null
        and coalesce(links.dropped_because, '') <> 'blocked'
        and (
            profiles.record_key is not null
            or links.dropped_because = 'type'
            or (links.dropped_because is null and values_in_doubt.identifier_value is null)
        )
),

names as (
    {{ best_of_group(
        'name',
        columns=['first_name', 'last_name', 'organisation_name'],
        relation='records',
        condition='coalesce(last_name, first_name, organisation_name) is not null'
    ) }}
),

emails as (
    {{ best_of_group(
        'email',
        columns=['identifier_value'],
        relation='contact_points',
        condition="identifier_type = 'email'",
        frequency='seen_count'
    ) }}
),

phones as (
    {{ best_of_group(
        'phone',
        columns=['identifier_value'],
        relation='contact_points',
        condition="identifier_type = 'phone'",
        frequency='seen_count'
    ) }}
),

addresses as (
    {{ best_of_group(
        'address',
        columns=['address_line_1', 'city', 'region', 'postal_code', 'country_code'],
        relation='records',
        condition='coalesce(address_line_1, city, postal_code) is not null'
    ) }}
),

-- of who has no address
countries as (
    {{ best_of_group(
        'address',
        columns=['country_code'],
        relation='records',
        condition='country_code is not null'
    ) }}
),

accounts as (
    {{ best_of_group(
        'account',
        columns=['account_type', 'account_status', 'industry', 'account_owner'],
        relation='records',
        condition='coalesce(account_type, account_status, industry, account_owner) is not null'
    ) }}
),

birth_dates as (
    {{ best_of_group(
        'demographics',
        columns=['birth_date'],
        relation='records',
        condition='birth_date is not null'
    ) }}
),

genders as (
    {{ best_of_group(
        'demographics',
        columns=['gender'],
        relation='records',
        condition='gender is not null'
    ) }}
),

locales as (
    {{ best_of_group(
        'locale',
        columns=['language', 'time_zone'],
        relation='records',
        condition='coalesce(language, time_zone) is not null'
    ) }}
),

-- by a login, an address or an id of their own (an import that is used twice is put aside whole)
identified as (
    select records.customer_id
    from records
    inner join {{ ref('int_identity__links') }} as own_links
        on records.node_id = own_links.node_id
    left join refusals
        on own_links.node_id = refusals.node_id
            and own_links.identifier_type = refusals.identifier_type
            and own_links.compared_value = refusals.identifier_value
            and refusals.other_node_id is null
    where own_links.identifier_class <> 'device'
        and coalesce(own_links.dropped_because, refusals.reason, 'no_name') = 'no_name'
    group by 1
),

customers as (
    select
        customer_id,
        min(party_type) as party_type,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        count(*) as record_count,
        count(distinct source_name) as source_count,
        min(case when is_deleted then 1 else 0 end) = 1 as is_deleted
    from records
    group by 1
)

select
    -- ids
    customers.customer_id,
    customers.party_type,

    -- attributes
    names.first_name,
    names.last_name,
    names.organisation_name,
    birth_dates.birth_date,
    genders.gender,
    locales.language,
    locales.time_zone,
    emails.identifier_value as email,
    phones.identifier_value as phone,
    addresses.address_line_1,
    addresses.city,
    addresses.region,
    addresses.postal_code,
    case
        when addresses.customer_id is null then countries.country_code else addresses.country_code
    end as country_code,
    accounts.account_type,
    accounts.account_status,
    accounts.industry,
    accounts.account_owner,

    -- what is behind them
    identified.customer_id is not null as is_identified,
    customers.record_count,
    customers.source_count,
    customers.first_seen_at,
    customers.last_seen_at,
    customers.is_deleted
from customers
left join identified using (customer_id)
left join names using (customer_id)
left join birth_dates using (customer_id)
left join genders using (customer_id)
left join locales using (customer_id)
left join emails using (customer_id)
left join phones using (customer_id)
left join addresses using (customer_id)
left join countries using (customer_id)
left join accounts using (customer_id)

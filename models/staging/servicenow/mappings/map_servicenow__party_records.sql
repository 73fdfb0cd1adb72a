-- One row per account or caller that an incident or a metric result quotes.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

incidents as (
    select * from {{ ref('stg_servicenow__incident') }}
),

metric_results as (
    select * from {{ ref('stg_servicenow__metric_result') }}
),

sightings as (
    select
        record_key,
        account_number,
        email,
        opened_at as seen_at
    from incidents
    union all
    select
        record_key,
        account_number,
        {{ typed_null('string') }} as email,
        measured_at as seen_at
    from metric_results
),

records as (
    {{ records_of_sightings('sightings', id='account_number') }}
)

select
    {{ not_supplied('party_records', [
        'member_of_record_key', 'first_name', 'last_name', 'organisation_name', 'birth_date',
        'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
    ]) }}
    record_key,
    'servicenow' as source_name,
    'respondent' as record_kind,
    coalesce(account_number, email) as source_record_id,
    case when account_number is null then 'person' end as party_type,
    account_number,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from records

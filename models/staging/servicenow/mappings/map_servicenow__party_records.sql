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

{{ records_of_respondents('servicenow', 'records') }}

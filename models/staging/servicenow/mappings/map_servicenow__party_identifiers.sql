-- One row per account or caller and identifier, with every email that ever called for it.
{{ config(enabled=source_is_enabled('servicenow')) }}

with

records as (
    select * from {{ ref('map_servicenow__party_records') }}
),

incidents as (
    select * from {{ ref('stg_servicenow__incident') }}
),

carriers as (
    select
        record_key,
        account_number,
        {{ typed_null('string') }} as email,
        first_seen_at,
        last_seen_at
    from records
    union all
    select
        record_key,
        {{ typed_null('string') }} as account_number,
        email,
        opened_at as first_seen_at,
        opened_at as last_seen_at
    from incidents
)

{{ identifiers_from('carriers', {
    'crm_account': 'account_number',
    'email': 'email',
}) }}

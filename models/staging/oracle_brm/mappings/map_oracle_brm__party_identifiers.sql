-- One row per billing account and identifier: billing knows its customers by the CRM's number.
{{ config(enabled=source_is_enabled('oracle_brm')) }}

with

records as (
    select * from {{ ref('map_oracle_brm__party_records') }}
)

{{ identifiers_from('records', {
    'crm_account': 'account_number',
    'billing_account': 'source_record_id',
}) }}

-- One row per account or contact and identifier; a contact may carry two telephone numbers.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

records as (
    select * from {{ ref('map_salesforce__party_records') }}
),

contacts as (
    select * from {{ ref('stg_salesforce__contact') }}
),

carriers as (
    select
        records.record_key,
        records.account_number,
        records.email,
        records.phone,
        contacts.phone as office_phone,
        records.first_seen_at,
        records.last_seen_at
    from records
    left join contacts
        on records.record_key = contacts.record_key
)

{{ identifiers_from('carriers', {
    'crm_account': 'account_number',
    'email': 'email',
    'phone': ['phone', 'office_phone'],
}) }}

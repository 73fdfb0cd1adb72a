-- One row per retail customer and identifier.
{{ config(enabled=source_is_enabled('retail')) }}

with

records as (
    select * from {{ ref('map_retail__party_records') }}
)

{{ identifiers_from('records', {
    'loyalty_id': 'source_record_id',
    'email': 'email',
    'phone': 'phone',
}) }}

-- One row per respondent and identifier, with every email that ever answered for it.
{{ config(enabled=source_is_enabled('cx_survey')) }}

with

responses as (
    select
        record_key,
        account_number,
        email,
        responded_at as first_seen_at,
        responded_at as last_seen_at
    from {{ ref('stg_cx_survey__survey_response') }}
)

{{ identifiers_from('responses', {
    'crm_account': 'account_number',
    'email': 'email',
}) }}

-- One row per accepted record of salesforce.opportunity.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

accepted as (
    {{ accepted_rows('base_salesforce__opportunity') }}
)

select
    -- ids
    id as source_opportunity_id,
    {{ record_key('salesforce', 'account_id') }} as record_key,
    account_id as source_account_id,

    -- what it is
    name as opportunity_name,
    stage_name,
    is_won,
    is_closed,

    -- amounts, in the currency
    {{ normalise_currency('currency') }} as currency,
    amount,

    -- times
    close_date,
    created_date as created_at,
    loaded_at
from accepted

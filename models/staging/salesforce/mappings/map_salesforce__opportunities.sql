-- One row per sales opportunity, of the account it is with.
{{ config(enabled=source_is_enabled('salesforce')) }}

with

opportunities as (
    select * from {{ ref('stg_salesforce__opportunity') }}
)

select
    {{ record_key('salesforce', 'source_opportunity_id') }} as opportunity_id,
    record_key,
    'salesforce' as source_name,
    opportunity_name,
    stage_name,
    currency,
    amount,
    close_date,
    is_won,
    is_closed,
    created_at
from opportunities

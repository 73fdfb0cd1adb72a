-- One row per record that more than one person may stand behind; none of its links is used.
--   a browser on which two logins were seen
--   a record named by a blocked value (`marketing:N/A`), or by a number that it carries both as a
--   customer's and as an account's
{{ config(
    materialized='incremental',
    incremental_strategy='replace_entities',
    unique_key='record_key',
    meta={'entity': 'record_key', 'entities': 'int_identity__changed_records'},
) }}

with

changed_records as (
    select * from {{ ref('int_identity__changed_records') }}
),

carried as (
    select carried.*
    from {{ ref('int_identity__carried_identifiers') }} as carried
    {% if is_incremental() %}
        inner join changed_records
            on carried.record_key = changed_records.record_key
    {% endif %}
),

browsers as (
    select record_key
    from carried
    where record_kind = 'browser' and identifier_type = 'login_id' and not is_blocked
    group by 1
    having count(*) > 1
),

names as (
    select
        record_key,
        sum(case when identifier_type in ('loyalty_id', 'crm_account') then 1 else 0 end)
            as naming_count,
        sum(case when is_blocked then 1 else 0 end) as blocked_count
    from carried
    where identifier_value = source_record_id and identifier_type <> 'billing_account'
    group by 1
)

select record_key
from browsers

union

select record_key
from names
where naming_count > 1 or blocked_count > 0

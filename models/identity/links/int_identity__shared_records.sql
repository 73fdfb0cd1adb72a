-- One row per record that more than one person may stand behind; none of its links is used.
--   a browser on which more than one login or email was seen
--   a person's record with more values of a type than one record may carry
--   a record named by a blocked value (`marketing:N/A`), or by a number that two systems gave
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
),

people as (
    select
        record_key,
        record_kind,
        identifier_type,
        max_values_per_record,
        count(*) as value_count
    from carried
    where party_type = 'person' and not is_shareable and not is_blocked
    group by 1, 2, 3, 4
),

names as (
    select
        record_key,
        -- an address or telephone is the record's own, also where it is its id
        sum(case when identifier_type not in ('email', 'phone') then 1 else 0 end)
            as naming_count,
        sum(case when is_blocked then 1 else 0 end) as blocked_count
    from carried
    where identifier_value = source_record_id and identifier_type <> 'billing_account'
    group by 1
)

select record_key
from people
where value_count > max_values_per_record
    or (value_count > 1 and record_kind = 'browser' and identifier_type in ('login_id', 'email'))

union

select record_key
from names
where naming_count > 1 or blocked_count > 0

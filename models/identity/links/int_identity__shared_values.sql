-- One row per identifier value (and name, for types that need the same one) that more than one
-- person may stand behind; none of its links is used.
--   a device, cookie or token on which two people are seen: records that carry different logins,
--     emails or ids, or none in common by which they could be told to be one
--   a mailbox seen with more initials of given names than one person has
--   a mailbox, telephone or address seen with two birth dates
with

carried as (
    select * from {{ ref('int_identity__carried_identifiers') }}
    where not is_blocked
),

people as (
    select
        record_key,
        identifier_type as person_type,
        identifier_value as person
    from carried
    where identifier_type in ('login_id', 'email', 'cio_id', 'loyalty_id')
),

things as (
    select
        record_key,
        identifier_type,
        identifier_value
    from carried
    where is_shareable
),

identified_things as (
    select
        things.identifier_type,
        things.identifier_value,
        count(distinct things.record_key) as record_count
    from things
    inner join people using (record_key)
    group by 1, 2
),

people_of_things as (
    select
        things.identifier_type,
        things.identifier_value,
        people.person_type,
        count(distinct things.record_key) as record_count,
        count(distinct people.person) as person_count
    from things
    inner join people using (record_key)
    group by 1, 2, 3
),

agreement as (
    select
        identifier_type,
        identifier_value,
        max(person_count) as most_people,
        max(record_count) as most_records
    from people_of_things
    group by 1, 2
)

select
    agreement.identifier_type,
    agreement.identifier_value,
    '' as name_key
from agreement
inner join identified_things
    on agreement.identifier_type = identified_things.identifier_type
        and agreement.identifier_value = identified_things.identifier_value
where agreement.most_people > 1 or agreement.most_records < identified_things.record_count

union

select
    identifier_type,
    identifier_value,
    name_key
from carried
where party_type = 'person' and (needs_same_name or max_initials_per_value is not null)
group by 1, 2, 3
having count(distinct initial) > max(max_initials_per_value) or count(distinct birth_date) > 1

-- One row per record that says who it is: its name and birth date as they are compared.
with

known_records as (
    select * from {{ ref('int_identity__known_records') }}
),

normalised as (
    select
        record_key,
        {{ compared_name('first_name') }} as first_name,
        {{ compared_name('last_name') }} as last_name,
        birth_date
    from known_records
    where party_type = 'person' and (first_name is not null or birth_date is not null)
),

profiles as (
    select
        record_key,
        {{ given_name('first_name') }} as given_name,
        {{ family_name('last_name') }} as family_name,
        {{ name_suffix('last_name') }} as name_suffix,
        birth_date
    from normalised
)

select
    record_key,
    given_name,
    family_name,
    name_suffix,
    case when not {{ is_initial('given_name') }} then given_name || ' ' || family_name end
        as full_name,
    birth_date
from profiles
where given_name is not null or birth_date is not null

-- One row per record that says who it is: its name and birth date as they are compared.
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

known_records as (
    select known_records.*
    from {{ ref('int_identity__known_records') }} as known_records
    {% if is_incremental() %}
        inner join changed_records
            on known_records.record_key = changed_records.record_key
    {% endif %}
),

normalised as (
    select
        record_key,
        {{ compared_name('first_name') }} as first_name,
        {{ compared_name('last_name') }} as last_name,
        {{ compared_name(half_of_double_name('first_name', 1)) }} as first_half,
        {{ compared_name(half_of_double_name('first_name', 2)) }} as second_half,
        birth_date
    from known_records
    where party_type = 'person' and (first_name is not null or birth_date is not null)
),

profiles as (
    select
        record_key,
        {{ given_name('first_name') }} as given_name,
        {{ second_name('first_half', 'second_half') }} as second_name,
        {{ family_name('last_name') }} as family_name,
        {{ name_suffix('last_name') }} as name_suffix,
        birth_date
    from normalised
)

select
    record_key,
    given_name,
    second_name,
    family_name,
    name_suffix,
    case when not {{ is_initial('given_name') }} then given_name || ' ' || family_name end
        as full_name,
    birth_date
from profiles
where given_name is not null or birth_date is not null

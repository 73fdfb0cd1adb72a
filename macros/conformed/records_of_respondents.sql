{#
    The party records of a source that knows people and organisations only by the account number or the
    email that its facts quote (a whole select).

    source_name: the source. relation: a CTE of records_of_sightings() with the id account_number.
#}
{% macro records_of_respondents(source_name, relation) -%}
select
    {{ not_supplied('party_records', [
        'member_of_record_key', 'first_name', 'last_name', 'organisation_name', 'birth_date',
        'gender', 'phone', 'address_line_1', 'city', 'region', 'postal_code', 'country_code',
        'account_type', 'account_status', 'industry', 'account_owner', 'language', 'time_zone',
    ]) }}
    record_key,
    '{{ source_name }}' as source_name,
    'respondent' as record_kind,
    coalesce(account_number, email) as source_record_id,
    case when account_number is null then 'person' end as party_type,
    account_number,
    email,
    first_seen_at,
    last_seen_at,
    false as is_deleted
from {{ relation }}
{%- endmacro %}

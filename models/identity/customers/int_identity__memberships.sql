-- One row per customer that belongs to an organisation: of several the one that it still belongs to
-- and was seen with last.
{{ config(materialized='view') }}

with

party_records as (
    select * from {{ ref('int_party_records') }}
),

identity_map as (
    select * from {{ ref('int_identity__map') }}
),

ranked as (
    select
        members.customer_id,
        organisations.customer_id as organisation_customer_id,
        row_number() over (
            partition by members.customer_id
            order by
                party_records.is_deleted asc,
                party_records.last_seen_at desc nulls last,
                organisations.customer_id asc
        ) as membership_rank
    from party_records
    inner join identity_map as members using (record_key)
    inner join identity_map as organisations
        on party_records.member_of_record_key = organisations.record_key
    where members.customer_id <> organisations.customer_id
)

select
    customer_id,
    organisation_customer_id
from ranked
where membership_rank = 1

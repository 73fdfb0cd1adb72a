{#
    One row per record, out of the facts that quote it: the email seen last, and when the record was
    first and last seen (a query for a CTE).

    relation: a CTE with record_key (null: nobody), the id column, email and seen_at.
    id: the column of the source's own id, the same in all rows of a record.
#}
{% macro records_of_sightings(relation, id) -%}
    select
        record_key,
        {{ id }},
        max(case when email_rank = 1 then email end) as email,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from (
        select
            *,
            row_number() over (
                partition by record_key
                order by case when email is null then 1 else 0 end, seen_at desc nulls last, email nulls last
            ) as email_rank
        from {{ relation }}
        where record_key is not null
    ) as ranked
    group by 1, 2
{%- endmacro %}

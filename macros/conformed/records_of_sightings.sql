{#
    One row per record, out of the facts that quote it: what they last said of it, and when the record
    was first and last seen (a query for a CTE).

    relation: a CTE with record_key (null: nobody), the id column, the columns of `latest` and seen_at.
    id: the column of the source's own id, the same in all rows of a record.
    latest: columns of which the value seen last is the record's.
#}
{% macro records_of_sightings(relation, id, latest=['email']) -%}
    select
        record_key,
        {{ id }},
        {%- for column in latest %}
        max(case when {{ column }}_rank = 1 then {{ column }} end) as {{ column }},
        {%- endfor %}
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at
    from (
        select
            *,
            {%- for column in latest %}
            row_number() over (
                partition by record_key
                order by
                    case when {{ column }} is null then 1 else 0 end,
                    seen_at desc nulls last,
                    {{ column }} nulls last
            ) as {{ column }}_rank{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }}
        where record_key is not null
    ) as ranked
    group by 1, 2
{%- endmacro %}

{#
    One row per record, out of the identifiers it carries: the latest value of some types, and when
    the record was first and last seen (a query for a CTE).

    relation: a CTE of identifiers (record_key, identifier_type, identifier_value, first_seen_at,
      last_seen_at).
    columns: {column name: identifier type}.
#}
{% macro records_of_identifiers(relation, columns) -%}
    select
        record_key,
        {%- for column, identifier_type in columns.items() %}
        max(case
            when identifier_type = '{{ identifier_type }}' and recency_rank = 1
                then identifier_value
        end) as {{ column }},
        {%- endfor %}
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from (
        select
            *,
            row_number() over (
                partition by record_key, identifier_type
                order by last_seen_at desc nulls last, identifier_value
            ) as recency_rank
        from {{ relation }}
    ) as ranked
    group by 1
{%- endmacro %}

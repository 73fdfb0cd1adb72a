{#
    One row per record, identifier type and value, out of columns that hold identifiers.

    relation: a CTE with record_key, first_seen_at and last_seen_at.
    columns: {identifier type: SQL expression of its normalised value}; a list of expressions where
      several columns hold the same type.
#}
{% macro identifiers_from(relation, columns) %}
    {%- set pairs = [] -%}
    {%- for identifier_type, expressions in columns.items() -%}
        {%- for expression in ([expressions] if expressions is string else expressions) -%}
            {%- do pairs.append((identifier_type, expression)) -%}
        {%- endfor -%}
    {%- endfor -%}
select
    record_key,
    identifier_type,
    identifier_value,
    min(first_seen_at) as first_seen_at,
    max(last_seen_at) as last_seen_at
from (
    {%- for identifier_type, expression in pairs %}
    select
        record_key,
        '{{ identifier_type }}' as identifier_type,
        cast({{ expression }} as {{ dbt.type_string() }}) as identifier_value,
        first_seen_at,
        last_seen_at
    from {{ relation }}
    {{- "\n    union all" if not loop.last }}
    {%- endfor %}
) as carried
where record_key is not null and identifier_value is not null
group by 1, 2, 3
{% endmacro %}

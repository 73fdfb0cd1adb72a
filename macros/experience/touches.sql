{#
    The rows of a table as touches of customers, for customer_timeline.

    Each argument is a SQL expression of the table's columns. relation: a table, or a CTE in scope, with
    customer_id; touch_key: `<source>:<key>`, unique within a touch_type; occurred_at: a timestamp, or
    a date, which stands at its midnight; subject: what stands behind the type in the title; condition:
    which rows are touches.
#}
{% macro touches(
    relation, touch_type, touch_key, occurred_at, subject=none, detail=none, severity=none,
    amount_reporting=none, channel=none, condition=none
) -%}
    select
        {{ touch_type }} as touch_type,
        {{ touch_key }} as touch_key,
        customer_id,
        cast({{ occurred_at }} as {{ dbt.type_timestamp() }}) as occurred_at,
        cast({{ subject or 'null' }} as {{ dbt.type_string() }}) as subject,
        cast({{ detail or 'null' }} as {{ dbt.type_string() }}) as detail,
        cast({{ severity or 'null' }} as {{ dbt.type_string() }}) as severity,
        cast({{ amount_reporting or 'null' }} as numeric(28, 4)) as amount_reporting,
        cast({{ channel or 'null' }} as {{ dbt.type_string() }}) as channel
    from {{ relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %}
{%- endmacro %}

{#
    An amount as people read it, `12.50 GBP`; null where there is none.

    amount: a SQL expression of a number; currency: one of text, null where nobody knows it.
#}
{% macro money_text(amount, currency) -%}
    cast(cast({{ amount }} as numeric(18, 2)) as {{ dbt.type_string() }})
    || coalesce(' ' || {{ currency }}, '')
{%- endmacro %}

{#
    A customer's revenue from net_revenue_reporting, of its orders, and billed_revenue_reporting: their
    sum, or, where billing invoices what the shops sell (var billing_covers_orders), what was billed to
    who was ever billed.

    has_billing: a SQL condition, whether the customer was ever billed.
#}
{% macro revenue_of_basis(has_billing) -%}
    cast(
        {%- if var('billing_covers_orders') %}
        case when {{ has_billing }} then billed_revenue_reporting else net_revenue_reporting end
        {%- else %}
        net_revenue_reporting + billed_revenue_reporting
        {%- endif %}
        as numeric(28, 4)
    )
{%- endmacro %}

{# Whether an order of the customer facts is a purchase to the models of lifetime value (a condition). #}
{% macro counts_as_purchase() -%}
    {%- if var('clv_counts_free_orders') -%}
        (is_purchase or (order_type = 'purchase' and order_status = 'completed' and net_amount = 0))
    {%- else -%}
        is_purchase
    {%- endif -%}
{%- endmacro %}

{#
    What a fit of lifetime value is of, beside the customers, as a text: a fit of other settings is
    another one.
#}
{% macro clv_settings() -%}
    {{ return(reporting_currency() ~ ', ' ~ var('clv_counts_free_orders')) }}
{%- endmacro %}

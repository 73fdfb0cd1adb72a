{# The day before which everything ends that has no end. #}
{% macro end_of_time() -%}
    cast('9999-12-31' as date)
{%- endmacro %}

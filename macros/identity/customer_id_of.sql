{# The id of the customer whose anchor a record is. #}
{% macro customer_id_of(record_key) -%}
    'cus_' || substr({{ dbt.hash(record_key) }}, 1, 16)
{%- endmacro %}

{# The date all measures are taken as of: var('as_of_date'), and the current date where that is not set. #}
{% macro as_of_date() -%}
    {%- if var('as_of_date') -%}
        cast('{{ var('as_of_date') }}' as date)
    {%- else -%}
        cast('{{ run_started_at.strftime("%Y-%m-%d") }}' as date)
    {%- endif -%}
{%- endmacro %}

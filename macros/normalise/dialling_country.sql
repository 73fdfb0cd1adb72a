{#
    The country in which a number without a calling code is dialled, for normalise_phone(): its code,
    `??` where one is named that countries() does not know, null where none is.

    text: a SQL expression, what a row says of its country.
#}
{% macro dialling_country(text) -%}
    {%- set country = trim_whitespace(text) -%}
    coalesce(
        {{ normalise_country(text) }},
        case when nullif({{ country }}, '') is not null then '??' end
    )
{%- endmacro %}

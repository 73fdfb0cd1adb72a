{#
    The country in which a number without a calling code is dialled, for normalise_phone(): the code of
    one that countries() knows, `??` where another one is named, null where none is.

    text: a SQL expression, what a row says of its country.
#}
{% macro dialling_country(text) -%}
    {%- set country = trim_whitespace(text) -%}
    coalesce(
        {{ looked_up('lower(' ~ country ~ ')', country_codes()) }},
        case when nullif({{ country }}, '') is not null then '??' end
    )
{%- endmacro %}

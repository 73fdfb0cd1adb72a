{#
    The country in which a number without a calling code is dialled, for normalise_phone(): the code of
    one that countries() knows, `??` where another one is named, null where none is (a word for nothing
    names none).

    text: a SQL expression, what a row says of its country.
#}
{% macro dialling_country(text) -%}
    {%- set country = trim_whitespace(text) -%}
    {%- set codes = {} -%}
    {%- for code, fact in countries().items() -%}
        {%- for name in [code | lower] + fact.names -%}{%- do codes.update({name: code}) -%}{%- endfor -%}
    {%- endfor -%}
    coalesce(
        {{ looked_up('lower(' ~ country ~ ')', codes) }},
        case when nullif({{ usable_id(country) }}, '') is not null then '??' end
    )
{%- endmacro %}

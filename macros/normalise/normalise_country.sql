{#
    A country as its ISO 3166 two-letter code; null where the text is neither such a code nor a name
    that countries() knows.
#}
{% macro normalise_country(text) -%}
    {%- set country = trim_whitespace(text) -%}
    {%- set codes = {} -%}
    {%- for code, fact in countries().items() -%}
        {%- for name in fact.names -%}{%- do codes.update({name: code}) -%}{%- endfor -%}
    {%- endfor -%}
    coalesce(
        {{ looked_up('lower(' ~ country ~ ')', codes) }},
        case when {{ matches(country, '^[A-Za-z]{2}$') }} then upper({{ country }}) end
    )
{%- endmacro %}

{#
    A country as its ISO 3166 two-letter code; null where the text is neither such a code nor a name
    that countries() knows.
#}
{% macro normalise_country(text) -%}
    {%- set country = trim_whitespace(text) -%}
    coalesce(
        {{ looked_up('lower(' ~ country ~ ')', country_codes()) }},
        case when {{ matches(country, '^[A-Za-z]{2}$') }} then upper({{ country }}) end
    )
{%- endmacro %}

{#
    A country as its ISO 3166 two-letter code; null where the text is neither such a code nor a name
    that countries() knows. Names are a long list, so a code is not looked for among them.
#}
{% macro normalise_country(text) -%}
    {%- set country = 'lower(' ~ trim_whitespace(text) ~ ')' -%}
    {%- set codes = country_codes() -%}
    case
        {%- for name, code in codes.items() if name | length == 2 %}
        when {{ country }} = '{{ name }}' then '{{ code }}'
        {%- endfor %}
        when {{ matches(country, '^[a-z]{2}$') }} then upper({{ country }})
        else {{ looked_up(country, codes) }}
    end
{%- endmacro %}

{#
    A country as its ISO 3166 two-letter code; null where the text is neither such a code nor a name
    that countries() knows.
#}
{% macro normalise_country(text) -%}
    case lower({{ trim_whitespace(text) }})
        {%- for code, fact in countries().items() %}
        {%- for name in fact.names %}
        when '{{ name }}' then '{{ code }}'
        {%- endfor %}
        {%- endfor %}
        else case when {{ matches(trim_whitespace(text), '^[A-Za-z]{2}$') }} then upper({{ trim_whitespace(text) }}) end
    end
{%- endmacro %}

{# A currency as its upper-case ISO 4217 code; null where the text has not that shape. #}
{% macro normalise_currency(text) -%}
    case when {{ matches(trim_whitespace(text), '^[A-Za-z]{3}$') }} then upper({{ trim_whitespace(text) }}) end
{%- endmacro %}

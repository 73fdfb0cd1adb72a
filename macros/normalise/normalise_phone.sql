{#
    A telephone number in E.164 (+442079460958); null where it is none.

    text: a SQL expression, any spelling; an extension (x12, ext. 12, #12) is dropped, and so is the
      "(0)" some write behind the country code.
    country: a SQL expression of a 2-letter country code, for numbers without a country code;
      var('default_country') where it is null or unknown.
    A number with letters left in it, or with fewer than 8 or more than 15 digits, is none.
#}
{% macro normalise_phone(text, country='cast(null as ' ~ dbt.type_string() ~ ')') -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text)) ~ ')' -%}
    {%- set bare = replace_pattern(folded, ' *(;?ext[.=]?|extension|x|#)[ .]*[0-9]{1,6}$') -%}
    {%- set number = replace_pattern(replace_pattern(bare, '[(]0[)]'), '^(tel:)?[^0-9+a-z]*00', '+') -%}
    {%- set national_number = replace_pattern(bare, '[^0-9]') -%}
    {%- set international_digits = replace_pattern(number, '[^0-9]') -%}
    {%- set e164 -%}
        case
            when {{ matches(number, '^(tel:)?[^0-9+a-z]*[+]') }} then {{ international_digits }}
            {%- for code, fact in countries().items() %}
            when coalesce({{ country }}, '{{ var('default_country') }}') = '{{ code }}'
                then {{ national_to_international(national_number, fact) }}
            {%- endfor %}
            else {{ national_to_international(national_number, countries()[var('default_country')]) }}
        end
    {%- endset -%}
    case
        when {{ matches(bare, '^(tel:)?[^a-z]*$') }} and length({{ e164 }}) between 8 and 15
            then '+' || {{ e164 }}
    end
{%- endmacro %}


{# National digits with the country's calling code in front and its trunk prefix gone. #}
{% macro national_to_international(digits, fact) -%}
    '{{ fact.calling_code }}' || {{ replace_pattern(digits, '^' ~ fact.trunk) if fact.trunk else digits }}
{%- endmacro %}

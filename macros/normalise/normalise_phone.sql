{#
    A telephone number in E.164 (+442079460958); null where it is none.

    text: a SQL expression, any spelling; an extension (x12, ext. 12, #12) is dropped, and so is the
      "(0)" some write behind the country code.
    country: a SQL expression of the country's code, for numbers without a calling code, as
      dialling_country() gives it; var('default_country') where it is null.
    A number with letters left in it, with fewer than 8 or more than 15 digits, or without a calling
    code in a country that countries() does not know, is none.
#}
{% macro normalise_phone(text, country='null') -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text)) ~ ')' -%}
    {%- set bare = replace_pattern(
        folded, '^tel:|[(]0[)]| *(;?ext[.=]?|extension|x|#)[ .]*[0-9]{1,6}$'
    ) -%}
    {%- set number = first_match(bare, '^[^a-z]+$') -%}
    {%- set e164 -%}
        case
            when {{ has_calling_code(number) }}
                then {{ replace_pattern(number, '^[^0-9+]*00|[^0-9]') }}
            else {{ with_calling_code(replace_pattern(number, '[^0-9]'), country) }}
        end
    {%- endset -%}
    '+' || {{ first_match(e164, '^[0-9]{8,15}$') }}
{%- endmacro %}


{# Whether a telephone number, its spelling folded, begins with a calling code. #}
{% macro has_calling_code(number) -%}
    {{ matches(number, '^[^0-9+]*([+]|00)') }}
{%- endmacro %}


{#
    National digits with the country's calling code in front, and without the prefix that is dialled
    within the country only. Code and prefix come as `44~0`, so that the digits are written once:
    a prefix that they begin with goes (44~0/020… -> 4420…), then the marks. Null where the country
    is not known.
#}
{% macro with_calling_code(digits, country) -%}
    {%- set prefixes = {} -%}
    {%- for code, fact in countries().items() -%}
        {%- do prefixes.update({code: fact.calling_code ~ '~' ~ (fact.trunk or '')}) -%}
    {%- endfor -%}
    {%- set dialling = looked_up(
        "coalesce(" ~ country ~ ", '" ~ default_country() ~ "')", prefixes
    ) -%}
    {{ replace_pattern(
        replace_pattern(dialling ~ " || '/' || " ~ digits, '~(0/0|1/1)'), '~[01]?/'
    ) }}
{%- endmacro %}

{#
    A person's name in one piece, given name first: without titles (`Mr John Hill` is John Hill), and
    with what stands behind a comma in front (`Hill, John` is, too), but for a suffix (`John Hill, Jr.`).
#}
{% macro name_in_order(name) -%}
    {%- set words = [] -%}
    {%- for title in titles() -%}
        {%- set letters = [] -%}
        {%- for letter in title -%}
            {%- do letters.append('[' ~ letter ~ letter | upper ~ ']') -%}
        {%- endfor -%}
        {%- do words.append(letters | join('')) -%}
    {%- endfor -%}
    {%- set plain = replace_pattern(name, '^((' ~ words | join('|') ~ ')[.]? +)+') -%}
    case
        when {{ matches('lower(' ~ name ~ ')', ', *(jr|sr|junior|senior|ii|iii|iv)[.]?$') }} then {{ plain }}
        else {{ replace_pattern(plain, '^([^,]+), *([^,]+)$', '<2> <1>') }}
    end
{%- endmacro %}


{# The given name of a person's name in one piece: its first word (`Ann` of `Ann van Dyk`). #}
{% macro given_name_of(name) -%}
    {{ first_word(name_in_order(name)) }}
{%- endmacro %}


{# The family name of a person's name in one piece: all behind its first word; null where that is all. #}
{% macro family_name_of(name) -%}
    {{ behind_first_word(name_in_order(name)) }}
{%- endmacro %}


{% macro first_word(text) -%}
    split_part({{ text }}, ' ', 1)
{%- endmacro %}


{% macro behind_first_word(text) -%}
    nullif(trim({{ replace_pattern(text, '^[^ ]+ *') }}), '')
{%- endmacro %}

{#
    A person's or organisation's name as it is compared: lower case, accents folded, punctuation and
    repeated spaces gone. Null where no letter or digit is left, and where a letter is not Latin: two
    such names must not become one by losing their letters. Never shown: the original is kept.
#}
{% macro normalise_name(text) -%}
    {%- set latin = first_match(
        replace_pattern(fold_accents(text), "['’‘´`.]"), '^[ -~–—\t\n\r]*$'
    ) -%}
    nullif(trim({{ replace_pattern(latin, '[^a-z0-9]+', ' ') }}), '')
{%- endmacro %}

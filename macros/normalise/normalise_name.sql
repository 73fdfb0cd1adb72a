{#
    A person's or organisation's name as it is compared: lower case, accents folded, punctuation and
    repeated spaces gone; null where no letter or digit is left. Never shown: the original is kept.
#}
{% macro normalise_name(text) -%}
    nullif(trim({{ replace_pattern(
        replace_pattern(fold_accents(fold_lookalikes(text)), "[''’.]"), '[^a-z0-9]+', ' '
    ) }}), '')
{%- endmacro %}

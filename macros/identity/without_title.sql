{#
    A normalised name without the titles before it (`mr john` and `john` are one name); null where it
    is nothing but titles.

    name: a SQL expression, as normalise_name() gives it.
#}
{% macro without_title(name) -%}
    {%- set titles = [
        'mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'professor', 'rev', 'sir', 'dame', 'lord', 'lady',
        'herr', 'frau', 'mme', 'mlle', 'sra', 'srta',
    ] -%}
    nullif(trim({{ replace_pattern(name ~ " || ' '", '^((' ~ titles | join('|') ~ ') )+') }}), '')
{%- endmacro %}

{# What stands before a name and is none, as normalise_name() gives it. #}
{% macro titles() -%}
    {{ return([
        'mr', 'mister', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'professor', 'rev', 'sir', 'dame', 'lord',
        'lady', 'hon', 'capt', 'herr', 'herrn', 'frau', 'familie', 'family', 'dipl', 'ing', 'mag',
        'mme', 'mlle', 'madame', 'monsieur', 'sr', 'sra', 'srta', 'senor', 'senora', 'signor', 'signora',
    ]) }}
{%- endmacro %}


{#
    A normalised name without the titles before it (`mr john` and `john` are one name); null where it
    is nothing but titles.

    name: a SQL expression, as normalise_name() gives it.
#}
{% macro without_title(name) -%}
    nullif(trim({{ replace_pattern(name ~ " || ' '", '^((' ~ titles() | join('|') ~ ') )+') }}), '')
{%- endmacro %}

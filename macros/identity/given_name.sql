{#
    The given name as people are told apart by it: the first word behind the titles; null where there
    is none. `mr john paul` is john.

    first_name: a SQL expression, as normalise_name() gives it.
#}
{% macro given_name(first_name) -%}
    split_part({{ without_title(first_name) }}, ' ', 1)
{%- endmacro %}


{#
    The second half of a double given name (of `Anna-Lena` lena); null of any other. Middle names, which
    no hyphen ties to the first, tell nobody apart.

    first_half, second_half: SQL expressions, what stands before and behind the first hyphen, as
    compared_name() gives it.
#}
{% macro second_name(first_half, second_half) -%}
    case
        when {{ without_title(first_half) }} not like '% %'
            then {{ given_name(second_half) }}
    end
{%- endmacro %}


{# The halves of a first name that has a hyphen, 1 or 2, as it is written; null of one without. #}
{% macro half_of_double_name(first_name, number) -%}
    {%- set name = "translate(" ~ first_name ~ ", '‐‑–', '---')" -%}
    case when {{ name }} like '%-%' then split_part({{ name }}, '-', {{ number }}) end
{%- endmacro %}


{#
    A name as people are told apart by it: as normalise_name() gives it, with an umlaut that is spelled
    out (mueller) as one without its dots (muller); and one in another script than Latin, which that
    leaves out, in lower case as it is written.
#}
{% macro compared_name(text) -%}
    coalesce(
        {{ without_umlauts(normalise_name(text)) }},
        nullif(trim({{ replace_pattern(
            "case when " ~ matches(text, '[^ -~]') ~ " then lower(" ~ fold_accents(text) ~ ") end",
            '[ -@^-`{-~]+', ' '
        ) }}), '')
    )
{%- endmacro %}


{# ae, oe and ue as a, o and u, but where they end a name or follow a vowel: joe is no jo. #}
{% macro without_umlauts(name) -%}
    {{ replace_pattern(name, '([bcdfghjklmnprstvwxz][aou])e([a-z])', '<1><2>') }}
{%- endmacro %}


{# The words by which father and son of one name are told apart, and what is written for them. #}
{% macro name_suffixes() -%}
    {{ return({'jr': 'jr', 'junior': 'jr', 'sr': 'sr', 'senior': 'sr', 'ii': 'ii', 'iii': 'iii', 'iv': 'iv'}) }}
{%- endmacro %}


{# The generation suffix at the end of a family name: jr, sr, ii, iii or iv; else null. #}
{% macro name_suffix(last_name) -%}
    case
        {%- for written, suffix in name_suffixes().items() %}
        when {{ last_name }} like '% {{ written }}' then '{{ suffix }}'
        {%- endfor %}
    end
{%- endmacro %}


{# The family name without its generation suffix. #}
{% macro family_name(last_name) -%}
    {{ replace_pattern(last_name, ' (' ~ name_suffixes() | join('|') ~ ')$') }}
{%- endmacro %}

{#
    Words and dates that stand for nothing, as the seed placeholder_values has them: `words`, of them
    `surnames` those that are also somebody's family name, and `dates`. `null`, which no seed can
    hold, is such a word and such a name.

    seed: its relation.
#}
{% macro placeholders(seed) %}
    {% set found = {'words': ['null'], 'surnames': ['null'], 'dates': []} %}
    {% set relation = load_relation(seed) if execute else none %}
    {% if relation is not none %}
        {% for value, kind in run_query(
            "select lower(placeholder_value), placeholder_kind from " ~ seed ~ ' order by 1, 2'
        ).rows %}
            {% do found['dates' if kind == 'date' else 'words'].append(value) %}
            {% if kind == 'surname' %}{% do found.surnames.append(value) %}{% endif %}
        {% endfor %}
    {% elif execute and flags.WHICH in ('run', 'build', 'test') %}
        {% do exceptions.raise_compiler_error(
            'The seed placeholder_values is not in the warehouse. Load it: dbt seed'
        ) %}
    {% endif %}
    {{ return(found) }}
{% endmacro %}


{#
    A text that names somebody or something, null where it is a word for nothing.

    kind: what the contract says that it is (see judge_raw_rows); none: the text says something else,
      and stays. `.0` behind the digits of an id is nothing, either, and so is a party's id of zeros,
      and a name in one piece of two such words (`Guest Customer`).
    given_name: of a family name, the one beside it: a word that some people are called by is their
      name where that is one, too.
#}
{% macro meant_text(text, kind, placeholders, given_name=none) -%}
    {%- if not kind or kind == 'birth_date' -%}
        {{ text }}
    {%- elif kind == 'salesforce_id' -%}
        {{ salesforce_id(meant_text(text, 'party_id', placeholders)) }}
    {%- elif kind == 'family_name' and given_name -%}
        case
            when {{ is_placeholder(text, placeholders) }} and (
                {{ given_name }} is null or {{ is_placeholder(given_name, placeholders) }}
                or not {{ is_one_of('lower(' ~ text ~ ')', placeholders.surnames) }}
            ) then null
            else {{ text }}
        end
    {%- else -%}
        case
            when {{ is_placeholder(text, placeholders) }} then null
            {%- if kind == 'name' %}
            when {{ is_placeholder(first_word(text), placeholders) }}
                and {{ is_placeholder(behind_first_word(text), placeholders) }} then null
            {%- endif %}
            {%- if kind == 'party_id' %}
            when {{ matches(text, '^[0-]+([.]0*)?$') }} then null
            {%- endif %}
            {%- if kind in ('id', 'party_id') %}
            when {{ matches(text, '^[0-9]+[.]0*$') }} then split_part({{ text }}, '.', 1)
            {%- endif %}
            else {{ text }}
        end
    {%- endif -%}
{%- endmacro %}


{# Whether a text is a word for nothing (a condition). #}
{% macro is_placeholder(text, placeholders) -%}
    {{ is_one_of('lower(' ~ text ~ ')', placeholders.words) }}
{%- endmacro %}


{# What a column of a contract names: as its meta says, an id where it is one of the key's. #}
{% macro kind_of(column, key) %}
    {% if column.meta.kind %}{{ return(column.meta.kind) }}{% endif %}
    {{ return('id' if column.name in key else 'contact' if column.meta.format or column.meta.phone_country) }}
{% endmacro %}

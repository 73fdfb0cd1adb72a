{#
    Why two profiles cannot be one person's (name, birth_date), null where they can: docs/identity.md.

    left, right: two aliases of profiles (given_name, second_name, family_name, name_suffix, birth_date).
    is_nickname: a condition, whether one given name is a nickname of the other, or both of a third.
#}
{% macro profiles_contradict(left, right, is_nickname) -%}
    case
        when {{ left }}.name_suffix <> {{ right }}.name_suffix then 'name'
        when {{ left }}.given_name <> {{ right }}.given_name
            and not {{ is_nickname }}
            and not {{ is_initial_of(left, right) }}
            and not {{ is_initial_of(right, left) }}
            and not {{ is_typo_of(left, right) }}
            and not coalesce(
                {{ left }}.given_name = {{ right }}.family_name
                and {{ left }}.family_name = {{ right }}.given_name,
                false
            )
            and {{ whole_given_name(left) }} <> {{ whole_given_name(right) }}
            then 'name'
        when {{ left }}.second_name <> {{ right }}.second_name
            and not {{ is_initial_of(left, right, 'second_name') }}
            and not {{ is_initial_of(right, left, 'second_name') }}
            and not {{ is_typo_of(left, right, 'second_name') }}
            then 'name'
        when {{ left }}.birth_date <> {{ right }}.birth_date
            and not (
                coalesce({{ left }}.given_name = {{ right }}.given_name, false)
                and {{ is_slip_of_date(left ~ '.birth_date', right ~ '.birth_date') }}
            )
            then 'birth_date'
    end
{%- endmacro %}


{# A double name as one word: Anne-Marie is Annemarie. #}
{% macro whole_given_name(profile) -%}
    {{ profile }}.given_name || coalesce({{ profile }}.second_name, '')
{%- endmacro %}


{# Whether a given name is an initial, and the other begins with it. #}
{% macro is_initial_of(left, right, name='given_name') -%}
    (
        {{ is_initial(left ~ '.' ~ name) }}
        and substr({{ right }}.{{ name }}, 1, 1) = {{ left }}.{{ name }}
    )
{%- endmacro %}


{# Whether a given name is but an initial: one Latin letter. One sign of another script may be a name. #}
{% macro is_initial(given_name) -%}
    (length({{ given_name }}) = 1 and {{ is_ascii(given_name) }})
{%- endmacro %}


{#
    Whether two given names are a typo apart: one letter in five at most, of people of one family name,
    and not in the ending alone (Daniel and Daniela are two). Of Latin names: engines count the letters
    of others differently.
#}
{% macro is_typo_of(left, right, name='given_name') -%}
    {%- set left_name, right_name = left ~ '.' ~ name, right ~ '.' ~ name -%}
    {%- set distance = edit_distance(left_name, right_name) -%}
    {%- set longer = 'greatest(length(' ~ left_name ~ '), length(' ~ right_name ~ '))' -%}
    (
        coalesce({{ left }}.family_name = {{ right }}.family_name, true)
        and {{ is_ascii(left_name) }}
        and {{ is_ascii(right_name) }}
        and 5 * {{ distance }} <= {{ longer }}
        and substr({{ left_name }}, 1, {{ longer }} - {{ distance }})
            <> substr({{ right_name }}, 1, {{ longer }} - {{ distance }})
    )
{%- endmacro %}


{# Whether two dates are of one year, with day and month swapped or one of their digits another. #}
{% macro is_slip_of_date(left, right) -%}
    {%- set left_text = 'cast(' ~ left ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set right_text = 'cast(' ~ right ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    (
        substr({{ left_text }}, 1, 4) = substr({{ right_text }}, 1, 4)
        and (
            substr({{ left_text }}, 6, 2) || substr({{ left_text }}, 9, 2)
            = substr({{ right_text }}, 9, 2) || substr({{ right_text }}, 6, 2)
            or (
                {%- for place in [6, 7, 9, 10] %}
                case when substr({{ left_text }}, {{ place }}, 1) = substr({{ right_text }}, {{ place }}, 1)
                    then 0 else 1 end{{ ' +' if not loop.last }}
                {%- endfor %}
            ) = 1
        )
    )
{%- endmacro %}

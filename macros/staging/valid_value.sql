{#
    A text cast to its column's type; null where it is not a valid value of that column.

    texts: a relation in scope that holds the row's columns as text, trimmed, empty as null.
    column: the column of the raw contract: data_type (string, boolean, date, timestamp, bigint,
      numeric(p, s)) and meta accepted_values, min, max, sign, format, phone_country.
    accepted_values match in any case and come back as the contract spells them. phone_country names
    the column of the country in which a telephone number is dialled. Of `sign: magnitude` the number
    is taken without its sign. A decimal is not valid beyond ±10^13, whatever its type would hold:
    below, all that is computed of it fits.
#}
{% macro valid_value(texts, column, placeholders) -%}
    {%- set meta = column.meta -%}
    {%- set text = texts ~ '.' ~ column.name -%}
    {%- if meta.accepted_values -%}
        case lower({{ text }})
        {%- for value in meta.accepted_values %} when '{{ value | lower }}' then '{{ value }}'{% endfor %} end
    {%- elif meta.format == 'email' -%}
        case when {{ normalise_email(text) }} is not null then {{ text }} end
    {%- elif meta.phone_country -%}
        {%- set country = dialling_country(texts ~ '.' ~ meta.phone_country) -%}
        case
            when {{ text }} is null or {{ normalise_phone(text, country) }} is not null then {{ text }}
        end
    {%- else -%}
        {%- set typed -%}
            {%- if is_text(column) -%} {{ text }}
            {%- elif column.data_type == 'boolean' -%} {{ to_boolean(text) }}
            {%- elif meta.kind == 'birth_date' -%}
                {{ birth_date(text, texts ~ '.loaded_at', placeholders) }}
            {%- elif column.data_type == 'date' -%} {{ to_date(text) }}
            {%- elif column.data_type == 'timestamp' -%} {{ to_utc_timestamp(text) }}
            {%- elif column.data_type == 'bigint' -%} {{ to_integer(text) }}
            {%- else -%} {{ to_decimal(text, column.data_type) }}
            {%- endif -%}
        {%- endset -%}
        {%- set typed = 'abs(' ~ typed ~ ')' if meta.sign == 'magnitude' else typed -%}
        {%- set largest = 10 ** 13 if column.data_type.startswith('numeric') else none -%}
        {%- set min = meta.get('min', -largest if largest else none) -%}
        {%- set max = meta.get('max', largest) -%}
        {%- if min is not none or max is not none -%}
            {%- set quote = "'" if column.data_type == 'date' else '' -%}
            {%- set bounds = [] -%}
            {%- if min is not none -%}{%- do bounds.append(typed ~ ' >= ' ~ quote ~ min ~ quote) -%}{%- endif -%}
            {%- if max is not none -%}{%- do bounds.append(typed ~ ' <= ' ~ quote ~ max ~ quote) -%}{%- endif -%}
            case when {{ bounds | join(' and ') }} then {{ typed }} end
        {%- else -%}
            {{ typed }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{# true/t/yes/y/1 and false/f/no/n/0, in any case, numbers also as 1.0; null for all else. #}
{% macro to_boolean(text) -%}
    case
        when lower({{ text }}) in ('true', 't', 'yes', 'y', '1', '1.0') then true
        when lower({{ text }}) in ('false', 'f', 'no', 'n', '0', '0.0') then false
    end
{%- endmacro %}


{#
    The day that is written in an ISO date or time: an offset behind it says when that day began, not
    which it was. That of an epoch is in UTC. Between the years 1900 and 2199; null for all else.

    years: of another range, as a regular expression.
#}
{% macro to_date(text, years='(19|20|21)[0-9]{2}') -%}
    case
        when {{ matches(text, '^' ~ iso_date(years) ~ '([ T]' ~ iso_time() ~ '(' ~ iso_zone() ~ ')?)?$') }}
            then try_cast(substr({{ text }}, 1, 10) as date)
        else cast({{ to_utc_timestamp(text) }} as date)
    end
{%- endmacro %}


{#
    A date of birth: of 1800 or later, since somebody may have told it long ago; null for a date that
    stands for nothing, and for one after the day on which it was loaded.
#}
{% macro birth_date(text, loaded_at, placeholders) -%}
    {%- set date = to_date(text, '(18|19|20|21)[0-9]{2}') -%}
    case
        when {{ date }} > cast({{ dbt.dateadd('day', 1, loaded_at) }} as date) then null
        {%- if placeholders.dates %}
        when {{ is_one_of('substr(' ~ text ~ ', 1, 10)', placeholders.dates) }} then null
        {%- endif %}
        else {{ date }}
    end
{%- endmacro %}


{# A whole number, also when written 12.0; null for all else. #}
{% macro to_integer(text) -%}
    case
        when {{ matches(text, '^[+-]?[0-9]{1,18}([.]0*)?$') }}
            then try_cast(split_part({{ text }}, '.', 1) as bigint)
    end
{%- endmacro %}


{# A decimal number, also in e-notation; null for all else and where it does not fit. #}
{% macro to_decimal(text, data_type) -%}
    case
        when {{ matches(text, '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?$') }}
            then try_cast({{ text }} as {{ data_type }})
    end
{%- endmacro %}


{# A typed null. #}
{% macro typed_null(data_type) -%}
    cast(null as {{ api.Column.translate_type(data_type) }})
{%- endmacro %}


{# Whether a column of a contract is text. #}
{% macro is_text(column) %}
    {{ return(api.Column.translate_type(column.data_type) == api.Column.translate_type('string')) }}
{% endmacro %}

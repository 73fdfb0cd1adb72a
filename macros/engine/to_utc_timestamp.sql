{#
    A text as a UTC timestamp: an ISO date or time (with Z, UTC or an offset, in UTC where it has none)
    between the years 1900 and 2199, or the seconds or milliseconds since 1970 of the years 2001 to
    2033, which no date without separators looks like; null for all else.

    text: a SQL expression of text.
#}
{% macro to_utc_timestamp(text) -%}
    case
        when {{ matches(text, '^' ~ iso_date() ~ '([ T]' ~ iso_time() ~ ')?$') }}
            then {{ parse_utc_timestamp(text) }}
        when {{ matches(text, '^' ~ iso_date() ~ '[ T]' ~ iso_time() ~ iso_zone() ~ '$') }}
            then {{ parse_timestamp_with_zone(text) }}
        when {{ matches(text, '^1[0-9]{9}([.][0-9]*)?$|^1[0-9]{12}([.]0*)?$') }}
            then {{ epoch_as_timestamp("split_part(" ~ text ~ ", '.', 1)") }}
    end
{%- endmacro %}


{# The parts of an ISO time, as regular expressions. years: those of the date. #}
{% macro iso_date(years='(19|20|21)[0-9]{2}') %}{{ return(years ~ '-[0-9]{2}-[0-9]{2}') }}{% endmacro %}
{% macro iso_time() %}{{ return('([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?') }}{% endmacro %}
{% macro iso_zone() %}{{ return(' ?(Z|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)') }}{% endmacro %}


{# The time of 10 digits, seconds since 1970, or 13, milliseconds. #}
{% macro epoch_as_timestamp(digits) -%}
    {{ dbt.dateadd(
        'second', 'cast(substr(' ~ digits ~ ', 1, 10) as bigint)',
        "cast('1970-01-01' as " ~ dbt.type_timestamp() ~ ')'
    ) }}
{%- endmacro %}


{# An ISO date or time without a zone; null for one that the calendar has not. #}
{% macro parse_utc_timestamp(text) %}
    {{- return(adapter.dispatch('parse_utc_timestamp')(text)) -}}
{% endmacro %}


{# The session is in UTC (profiles.yml), so a text without an offset is, too. #}
{% macro default__parse_utc_timestamp(text) -%}
    try_cast({{ text }} as {{ dbt.type_timestamp() }})
{%- endmacro %}


{# Digits beyond the microsecond go, as on the other two. #}
{% macro snowflake__parse_utc_timestamp(text) -%}
    try_to_timestamp_ntz(regexp_substr({{ text }}, '^[0-9-]+([ T][0-9:]+([.][0-9]{1,6})?)?'))
{%- endmacro %}


{# An ISO time with Z, UTC or an offset: the time that is written, less the offset. #}
{% macro parse_timestamp_with_zone(text) -%}
    {%- set local_time = first_match(text, '^[0-9-]+[ T][0-9:.]+') -%}
    {%- set digits = "replace(" ~ first_match(text, '[+-][0-9:]+$') ~ ", ':', '')" -%}
    {%- set minutes -%}
        coalesce(
            case when substr({{ digits }}, 1, 1) = '-' then 1 else -1 end
            * (
                60 * try_cast(substr({{ digits }}, 2, 2) as integer)
                + try_cast(rpad(substr({{ digits }}, 4, 2), 2, '0') as integer)
            ),
            0
        )
    {%- endset -%}
    {{ dbt.dateadd('minute', minutes, parse_utc_timestamp(local_time)) }}
{%- endmacro %}

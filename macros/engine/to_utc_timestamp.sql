{#
    An ISO timestamp or date (with Z or an offset, or UTC where it has none) as a UTC timestamp
    between the years 1900 and 2199; null for all else.

    text: a SQL expression of text.
#}
{% macro to_utc_timestamp(text) -%}
    {%- set date = '(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = ' ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)' -%}
    case
        when {{ matches(text, '^' ~ date ~ '([ T]' ~ time ~ '(' ~ zone ~ ')?)?$') }}
            then {{ adapter.dispatch('parse_utc_timestamp')(text) }}
    end
{%- endmacro %}


{# Whether a text of that shape ends with an offset (a condition). #}
{% macro has_utc_offset(text) -%}
    {{ matches(text, ':[0-9.]+ ?[+-][0-9:]+$') }}
{%- endmacro %}


{# The text without the blank before the offset, which not every engine reads. #}
{% macro without_blank_before_offset(text) -%}
    replace(replace({{ text }}, ' +', '+'), ' -', '-')
{%- endmacro %}


{% macro duckdb__parse_utc_timestamp(text) -%}
    case
        when {{ has_utc_offset(text) }}
            then try_cast({{ without_blank_before_offset(text) }} as timestamp with time zone)
            at time zone 'UTC'
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}


{#
    Snowflake reads few spellings of an offset (never Z behind a blank, never +0200 behind a second):
    the text is cut in two, and each part written as its documentation has it. Digits beyond the
    microsecond go, as on the other two.
#}
{% macro snowflake__parse_utc_timestamp(text) -%}
    {%- set local_time -%}
        regexp_substr({{ text }}, '^[0-9-]+([ T][0-9:]+([.][0-9]{1,6})?)?')
    {%- endset -%}
    {%- set offset_digits -%}
        rpad(replace(regexp_substr({{ text }}, '[+-][0-9:]+$'), ':', ''), 5, '0')
    {%- endset -%}
    case
        when {{ has_utc_offset(text) }}
            then cast(convert_timezone('UTC', try_to_timestamp_tz(
                {{ local_time }} || left({{ offset_digits }}, 3) || ':' || right({{ offset_digits }}, 2)
            )) as timestamp_ntz)
        else try_to_timestamp_ntz({{ local_time }})
    end
{%- endmacro %}


{#
    The session is in UTC (profiles.yml), so a text without an offset is, too. Spark reads no offset
    behind a time without seconds.
#}
{% macro databricks__parse_utc_timestamp(text) -%}
    try_cast(
        regexp_replace(
            {{ without_blank_before_offset(text) }}, '^(.{10}[ T].{5})( ?[Z+-])', '$1:00$2'
        ) as timestamp
    )
{%- endmacro %}

{#
    An ISO timestamp or date (with Z or an offset, or UTC where it has none) as a UTC timestamp
    between the years 1900 and 2199; null for all else.

    text: a SQL expression of text.
#}
{% macro to_utc_timestamp(text) -%}
    {%- set date = '(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}' -%}
    {%- set time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?' -%}
    {%- set zone = ' ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)' -%}
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


{% macro snowflake__parse_utc_timestamp(text) -%}
    cast(case
        when {{ has_utc_offset(text) }}
            then convert_timezone('UTC', try_to_timestamp_tz({{ without_blank_before_offset(text) }}))
        else try_to_timestamp_ntz({{ text }})
    end as timestamp_ntz)
{%- endmacro %}


{# The session is in UTC (profiles.yml), so a text without an offset is, too. #}
{% macro databricks__parse_utc_timestamp(text) -%}
    try_cast({{ without_blank_before_offset(text) }} as timestamp)
{%- endmacro %}

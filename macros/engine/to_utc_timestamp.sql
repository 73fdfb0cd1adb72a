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


{% macro duckdb__parse_utc_timestamp(text) -%}
    case
        when {{ matches(text, ':[0-9.]+ ?[+-][0-9:]+$') }}
            then try_cast(replace(replace({{ text }}, ' +', '+'), ' -', '-') as timestamp with time zone)
            at time zone 'UTC'
        else try_cast({{ text }} as timestamp)
    end
{%- endmacro %}

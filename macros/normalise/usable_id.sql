{#
    An id that a source quotes; null where it is a placeholder for nobody (null, n/a, unknown, guest,
    an empty UUID …). Strangers who share a placeholder would else share a record.
#}
{% macro usable_id(text) -%}
    {%- set placeholders = [
        'null', 'none', 'nil', 'nan', 'n/a', 'na', '-', '-1', 'undefined', 'unknown', 'anonymous',
        'guest', 'test', '(not set)',
    ] + spreadsheet_errors() -%}
    case
        when lower({{ text }}) in ('{{ placeholders | join("', '") }}')
            or {{ matches(text, '^[0-]+$') }}
            then null
        else {{ text }}
    end
{%- endmacro %}


{# The words that a spreadsheet leaves where a formula failed, lower case. #}
{% macro spreadsheet_errors() %}
    {{ return(['#n/a', '#ref!', '#value!', '#name?', '#null!', '#num!', '#div/0!']) }}
{% endmacro %}

{# What names an event of identity_events (of the columns of its rows), and a period of its history. #}
{% macro event_id() -%}
    {{ dbt.hash(
        "concat_ws('|', cast(happened_at as " ~ dbt.type_string() ~ '), event, customer_id, '
        ~ "coalesce(other_customer_id, ''))"
    ) }}
{%- endmacro %}


{% macro period_id(record_key, valid_from) -%}
    {{ dbt.hash(record_key ~ ' || cast(' ~ valid_from ~ ' as ' ~ dbt.type_string() ~ ')') }}
{%- endmacro %}

{#
    An amount in the reporting currency, rounded to 4 places; exact up to there, since both factors
    are decimals that every engine multiplies without loss.

    amount: a SQL expression; rate: the column of int_exchange_rates joined by exchange_rate_on().
#}
{% macro in_reporting_currency(amount, rate='exchange_rates.reporting_rate') -%}
    cast(
        round(cast({{ amount }} as numeric(18, 4)) * cast({{ rate }} as numeric(18, 8)), 4)
        as numeric(18, 4)
    )
{%- endmacro %}


{# The join condition to int_exchange_rates (as exchange_rates) for a currency on a day. #}
{% macro exchange_rate_on(currency, day) -%}
    exchange_rates.currency = {{ currency }}
    and cast({{ day }} as date) >= exchange_rates.valid_from
    and cast({{ day }} as date) < exchange_rates.valid_to
{%- endmacro %}

{#
    An amount in the reporting currency, rounded to 4 places and exact up to there. Factors below 10^16
    and 10^9 have a product of no more than the 38 digits that every engine multiplies without loss.
    (DuckDB keeps the product of two decimals of 18 digits or fewer in 18; Spark takes places from one
    that could have more than 38.)

    What a source says is numeric(18,4), and no more than 10^13 (valid_value). What is computed of it is
    numeric(28,4), which holds the sum of a million such amounts, also in a currency of small units.

    amount: a SQL expression; rate: the column of int_exchange_rates joined by exchange_rate_on().
#}
{% macro in_reporting_currency(amount, rate='exchange_rates.reporting_rate') -%}
    cast(
        round(cast({{ amount }} as numeric(20, 4)) * cast({{ rate }} as numeric(17, 8)), 4)
        as numeric(28, 4)
    )
{%- endmacro %}


{# The join condition to int_exchange_rates (as exchange_rates) for a currency on a day. #}
{% macro exchange_rate_on(currency, day) -%}
    exchange_rates.currency = {{ currency }}
    and cast({{ day }} as date) >= exchange_rates.valid_from
    and cast({{ day }} as date) < exchange_rates.valid_to
{%- endmacro %}

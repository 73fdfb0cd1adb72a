{#
    Raises a compiler error, at parse time, where a var of what customers are worth makes no sense.
    Called by a model that is always there.
#}
{% macro check_value_vars() %}
    {% do check_number('clv_margin', least=0, most=1) %}
    {% do check_number('clv_lifetime_years', least=0, most=100) %}
    {% do check_number('clv_min_tenure_days', least=1, most=36500) %}
    {% do check_number('clv_min_repeat_buyers', least=10, most=1000000, is_whole=true) %}
    {% do check_number('clv_discount_rate', least=0, most=10) %}
    {% do check_number('clv_return_share', least=0, most=1, may_be_null=true) %}
    {% do check_number('clv_refit_after_days', least=0, most=3650, is_whole=true) %}
    {% do check_number('churn_horizon_days', least=1, most=3650, is_whole=true) %}
    {% do check_number('risk_window_days', least=1, most=3650, is_whole=true) %}
    {% do check_number('rfm_window_days', least=1, most=36500, is_whole=true, may_be_null=true) %}
    {% do check_number('mrr_gap_days', least=0, most=31, is_whole=true) %}
    {% do check_names('mrr_rate', [var('mrr_rate')], ['start', 'month_end']) %}
    {% do check_names('metrics_daily', [var('metrics_daily')], ['events', 'all']) %}
    {% for name in ('backfill', 'billing_covers_orders', 'clv_counts_free_orders', 'refit') %}
        {% do check_names(name, [var(name)], [true, false]) %}
    {% endfor %}
    {% set names = var('value_tiers') | map(attribute='tier') | list %}
    {% if not names or 'NEW' in names or names | unique | list | length < names | length %}
        {% do exceptions.raise_compiler_error(
            "var 'value_tiers' wants tiers of different names, and none of the name NEW, which is that"
            ~ ' of all others.'
        ) %}
    {% endif %}
    {% for bound in var('value_tiers') %}
        {% if not loop.first and bound.min_spend > loop.previtem.min_spend %}
            {% do exceptions.raise_compiler_error(
                "var 'value_tiers': " ~ bound.tier ~ ' wants more spend than ' ~ loop.previtem.tier
                ~ ' before it: the best tier comes first.'
            ) %}
        {% endif %}
        {% if bound.min_spend is not number or bound.min_orders is not number or not bound.tier %}
            {% do exceptions.raise_compiler_error(
                "var 'value_tiers': " ~ bound ~ ' wants a tier, and numbers min_spend and min_orders.'
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{# Raises a compiler error where a var is no number, or one out of bounds. #}
{% macro check_number(var_name, least, most, is_whole=false, may_be_null=false) %}
    {% set value = var(var_name) %}
    {% if not (value is none and may_be_null) and (
        value is not number or value is boolean or value < least or value > most
        or (is_whole and value is not integer)
    ) %}
        {% do exceptions.raise_compiler_error(
            "var '" ~ var_name ~ "' is " ~ value ~ ': give a ' ~ ('whole ' if is_whole else '')
            ~ 'number from ' ~ least ~ ' to ' ~ most ~ (', or null' if may_be_null else '') ~ '.'
        ) %}
    {% endif %}
{% endmacro %}

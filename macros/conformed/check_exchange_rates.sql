{#
    Raises a compiler error where the seed exchange_rates, whose post-hook this is, lacks a rate that
    amounts need: rows would come out without an amount.
#}
{% macro check_exchange_rates() %}
    {% do refuse_rows("coalesce(currency, '')", {
        'the currency has no rate from 1900-01-01 on': 'not exists (select * from ' ~ this
            ~ ' as earliest where earliest.currency = ' ~ this.identifier ~ '.currency'
            ~ " and earliest.valid_from <= cast('1900-01-01' as date))",
    }) %}
    {% if execute %}
        {% set known = run_query('select distinct currency from ' ~ this ~ ' order by 1')
            .columns[0].values() %}
        {% if reporting_currency() not in known %}
            {% do exceptions.raise_compiler_error(
                "var 'reporting_currency' is '" ~ reporting_currency()
                ~ "': seeds/exchange_rates.csv has rates of " ~ known | join(', ')
                ~ ' alone. Choose one of those, or give it a rate from 1900-01-01 on.'
            ) %}
        {% endif %}
    {% endif %}
{% endmacro %}

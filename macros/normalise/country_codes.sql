{# What people write for a country, lower case, but for its code of two letters -> that code. #}
{% macro country_codes() %}
    {% set codes = {} %}
    {% for code, fact in countries().items() %}
        {% for name in fact.names %}{% do codes.update({name: code}) %}{% endfor %}
    {% endfor %}
    {{ return(codes) }}
{% endmacro %}

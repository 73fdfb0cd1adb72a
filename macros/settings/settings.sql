{# Vars that may be written in any case, in the one that rows are compared in. #}

{% macro reporting_currency() -%}
    {{ return(var('reporting_currency') | upper) }}
{%- endmacro %}


{% macro default_country() -%}
    {{ return(var('default_country') | upper) }}
{%- endmacro %}

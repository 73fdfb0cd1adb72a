{# Vars that may be written in any case, in the one that rows are compared in. #}

{% macro reporting_currency() -%}
    {{ return(var('reporting_currency') | upper) }}
{%- endmacro %}


{% macro default_country() -%}
    {{ return(var('default_country') | upper) }}
{%- endmacro %}


{# The mail domains of var('plus_tags_ignored_for'). #}
{% macro domains_without_plus_tags() -%}
    {{ return(var('plus_tags_ignored_for') | map('lower') | list) }}
{%- endmacro %}

{#
    The date all measures are taken as of: var('as_of_date'), and the last day that was over (UTC) when
    the run began where that is not set: what happens today is not known to its end.
#}
{% macro as_of_date() -%}
    {%- set yesterday = run_started_at - modules.datetime.timedelta(days=1) -%}
    cast('{{ var('as_of_date') or yesterday.strftime('%Y-%m-%d') }}' as date)
{%- endmacro %}

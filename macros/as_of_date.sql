{#
    The date all measures are taken as of: var('as_of_date'), and the last day that was over (UTC) when
    the run began where that is not set: what happens today is not known to its end. Raises a compiler
    error where the var is no date.
#}
{% macro as_of_date() -%}
    {%- set yesterday = run_started_at - modules.datetime.timedelta(days=1) -%}
    {%- set day = var('as_of_date') or yesterday.strftime('%Y-%m-%d') -%}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', day | string) -%}
        {%- do exceptions.raise_compiler_error(
            "var 'as_of_date' is '" ~ day ~ "': write it as YYYY-MM-DD."
        ) -%}
    {%- endif -%}
    cast('{{ day }}' as date)
{%- endmacro %}

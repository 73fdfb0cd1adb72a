{#
    The date all measures are taken as of: var('as_of_date'), and the day the run began where that is
    not set. Raises a compiler error where the var is no date.
#}
{% macro as_of_date() -%}
    {%- set day = var('as_of_date') or run_started_at.strftime('%Y-%m-%d') -%}
    {%- if not modules.re.match('^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', day | string) -%}
        {%- do exceptions.raise_compiler_error(
            "var 'as_of_date' is '" ~ day ~ "': write it as YYYY-MM-DD."
        ) -%}
    {%- endif -%}
    cast('{{ day }}' as date)
{%- endmacro %}

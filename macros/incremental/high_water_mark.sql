{#
    From when on an incremental model must look at what was loaded (a scalar query): the latest load
    that it holds, less var('lookback_days') for rows that were late; 1900 where it holds none. A load
    of the future does not count: one wrong clock must not hide all that comes after.

    condition: which of its rows.
#}
{% macro high_water_mark(condition='1 = 1') -%}
    {%- set tomorrow = run_started_at + modules.datetime.timedelta(days=1) -%}
    (
        select
            coalesce(
                {{ dbt.dateadd('day', -var('lookback_days'), 'max(loaded_at)') }},
                cast('1900-01-01' as {{ dbt.type_timestamp() }})
            )
        from {{ this }}
        where loaded_at <= cast('{{ tomorrow.strftime("%Y-%m-%d") }}' as {{ dbt.type_timestamp() }})
            and {{ condition }}
    )
{%- endmacro %}

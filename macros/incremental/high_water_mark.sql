{#
    From when on an incremental model must look at what was loaded (a scalar query): the latest load
    that it holds, less the look-back; 1900 where it holds none.

    condition: which of its rows.
#}
{% macro high_water_mark(condition='1 = 1') -%}
    (
        select
            coalesce(
                {{ lookback_from('max(loaded_at)') }},
                cast('1900-01-01' as {{ dbt.type_timestamp() }})
            )
        from {{ this }}
        where {{ is_loaded_by_now('loaded_at') }} and {{ condition }}
    )
{%- endmacro %}


{# A time less var('lookback_days'), for rows that were late. #}
{% macro lookback_from(time) -%}
    {{ dbt.dateadd('day', -var('lookback_days'), time) }}
{%- endmacro %}


{#
    Whether a load time is none of the future (a condition): one wrong clock must not hide all that
    comes after.
#}
{% macro is_loaded_by_now(loaded_at) -%}
    {%- set tomorrow = run_started_at + modules.datetime.timedelta(days=1) -%}
    {{ loaded_at }} <= cast('{{ tomorrow.strftime("%Y-%m-%d") }}' as {{ dbt.type_timestamp() }})
{%- endmacro %}

{#
    Raises a compiler error, at parse time, where `--vars` has a name that no var of dbt_project.yml
    has: dbt would take it and change nothing. No macro can read those names, so they stand here; a
    test compares them with the file. Who adds a var adds its name.
#}
{% macro check_var_names() %}
    {% set known = [
        'absent_tables', 'as_of_date', 'backfill', 'bi_role', 'billing_covers_orders',
        'churn_horizon_days', 'clv_counts_free_orders', 'clv_discount_rate', 'clv_lifetime_years',
        'clv_margin', 'clv_min_repeat_buyers', 'clv_min_tenure_days', 'clv_refit_after_days',
        'clv_return_share', 'default_country', 'lookback_days', 'metrics_daily', 'mrr_gap_days',
        'mrr_rate', 'plus_tags_ignored_for', 'publications_kept', 'raw_columns', 'raw_formats',
        'raw_schemas', 'raw_tables', 'refit', 'rejected_share_fails', 'rejected_share_warns', 'reporting_currency', 'rfm_window_days', 'risk_window_days', 'rules_version',
        'run_history_days', 'scratch_table_format', 'source_systems', 'sources', 'value_tiers',
    ] %}
    {% for name in invocation_args_dict.vars if name not in known %}
        {% do exceptions.raise_compiler_error(
            "--vars: unknown '" ~ name ~ "'. Known: " ~ known | join(', ') ~ '.'
        ) %}
    {% endfor %}
{% endmacro %}

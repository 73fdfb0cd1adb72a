{#
    maximum_likelihood: the parameters under which what was observed is likeliest, fitted where the
    data is.

    The model is a query of observations. The result is a table that keeps one row per fit:
      as_of_date        day up to which was observed; a fit replaces one of the same day, and a row of
                        a day on which there was too little to fit
      <parameter> …     double, null where nothing was fitted
      log_likelihood    at these parameters
      settings          what the observations are of (configuration), as a text
      observation_count observations, and `repeat_count`, those of them with a count above 0
      step_count        evaluations of the likelihood; 0: too few to be fitted
      gradient_norm     largest slope by a logarithm of a parameter, per observation
      is_converged      whether it is below 1e-9

    It fits where there is no fit of these settings yet, where the last one on or before the as-of date
    is more than refit_after_days older, and where var('refit') is set. Else the table is left as it is, by a full
    refresh too, so that an increment equals one. A run that dies leaves the fits there were.

    Configuration
      likelihood: a name, for which three macros say what is fitted:
        <name>_parameters()          name -> logarithm of where to start; parameters are above 0
        <name>_groups_sql(observations)  equal observations once: observation_count (a double), and
                                     `x`, a whole number of 0 or more: how often it happened
        <name>_step_sql(parameters, groups, largest_count)  one row: log-likelihood, its gradient, and
                                     the upper half of its Hessian by rows, over all groups, at
                                     parameters given as texts; largest_count is the largest x
      settings: a text; fits of other settings (another currency) are other fits
      refit_after_days; min_repeat_count (1): with fewer nothing is fitted; max_steps (60).

    Each step is one statement; between two of them only a handful of numbers is worked on, in Jinja
    (maximum_likelihood_steps.sql). One that does not converge is a warning, and is_converged false.
    Engines: one text for DuckDB, Snowflake and Databricks.
#}
{% materialization maximum_likelihood, default %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if fit_is_due(existing_relation) %}
        {% do drop_leftover_scratch_tables(['groups']) %}
        {% set groups = create_scratch_table(
            'groups', context[config.require('likelihood') ~ '_groups_sql']('(' ~ sql ~ ') as observations')
        ) %}
        {% set fit = maximum_likelihood_fit(config.require('likelihood'), groups) %}
        {% do drop_scratch_tables(['groups']) %}
        {% if existing_relation is not none and existing_relation.is_table %}
            {% call statement('forget_what_was_not_fitted') %}
                delete from {{ target_relation }} where step_count = 0
            {% endcall %}
            {% call statement('main') %}
                {{ keep_fit_sql(target_relation, fit) }}
            {% endcall %}
        {% else %}
            {% do replace_table(existing_relation, target_relation, fit_sql(fit)) %}
        {% endif %}
        {% do log(this ~ ': ' ~ describe_fit(fit), info=true) %}
    {% else %}
        {% call noop_statement('main', 'KEPT') %}{% endcall %}
    {% endif %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}

    {% set should_revoke = should_revoke(existing_relation, full_refresh_mode=False) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}
    {% do commit_transaction() %}

    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}


{# Whether the last fit is too old, or there is none. #}
{% macro fit_is_due(existing_relation) -%}
    {%- if existing_relation is none or not existing_relation.is_table or var('refit') -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set oldest = dbt.dateadd('day', -config.require('refit_after_days') | int, as_of_date()) -%}
    {{ return(0 == scalar(
        'select count(*) as row_count from ' ~ existing_relation ~ ' where step_count > 0'
        ~ " and settings = '" ~ config.get('settings', '') ~ "'"
        ~ ' and as_of_date <= ' ~ as_of_date() ~ ' and as_of_date >= ' ~ oldest
    )) }}
{%- endmacro %}


{# The row of a fit, as a query. #}
{% macro fit_sql(fit) -%}
    select
        cast({{ as_of_date() }} as date) as as_of_date,
        {%- for name, value in fit.parameters.items() %}
        cast({{ 'null' if value is none else value }} as double) as {{ name }},
        {%- endfor %}
        cast({{ 'null' if fit.log_likelihood is none else fit.log_likelihood }} as double) as log_likelihood,
        cast({{ fit.observation_count }} as {{ dbt.type_bigint() }}) as observation_count,
        cast({{ fit.repeat_count }} as {{ dbt.type_bigint() }}) as repeat_count,
        cast({{ fit.step_count }} as {{ dbt.type_bigint() }}) as step_count,
        cast({{ 'null' if fit.gradient_norm is none else fit.gradient_norm }} as double) as gradient_norm,
        {{ 'true' if fit.is_converged else 'false' }} as is_converged,
        '{{ config.get('settings', '') }}' as settings
{%- endmacro %}


{#
    Adds a fit's row to the table of fits, in one statement: in the place of one of the same day, but for
    a fit that converged and shall not be lost for one that did not.
#}
{% macro keep_fit_sql(target_relation, fit) -%}
    {%- set columns = ['as_of_date'] + fit.parameters.keys() | list + [
        'log_likelihood', 'observation_count', 'repeat_count', 'step_count', 'gradient_norm',
        'is_converged', 'settings',
    ] -%}
    merge into {{ target_relation }} as fits
    using (
        {{ fit_sql(fit) }}
    ) as new_fit
        on fits.as_of_date = new_fit.as_of_date
    when matched and (
        new_fit.is_converged or not fits.is_converged or fits.settings <> new_fit.settings
    ) then update set
        {%- for column in columns[1:] %}
        {{ column }} = new_fit.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    when not matched then insert ({{ columns | join(', ') }})
        values (new_fit.{{ columns | join(', new_fit.') }})
{%- endmacro %}


{# A fit in a line, for the log. #}
{% macro describe_fit(fit) -%}
    {%- if fit.step_count == 0 -%}
        {{ return(fit.repeat_count ~ ' of ' ~ fit.observation_count ~ ' observations repeat: too few to fit') }}
    {%- endif -%}
    {%- set texts = [] -%}
    {%- for name, value in fit.parameters.items() -%}
        {%- do texts.append(name ~ ' ' ~ '%.6g' | format(value | float)) -%}
    {%- endfor -%}
    {{ return(
        texts | join(', ') ~ ', log-likelihood ' ~ '%.4f' | format(fit.log_likelihood | float)
        ~ ' of ' ~ fit.observation_count ~ ' observations in ' ~ fit.step_count ~ ' steps'
    ) }}
{%- endmacro %}

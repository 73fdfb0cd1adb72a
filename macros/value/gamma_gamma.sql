{#
    Gamma-Gamma, what a day of purchases is worth, for the materialisation maximum_likelihood.
    Fader & Hardie, The Gamma-Gamma model of monetary value (2013).

    What a customer spends a day is Gamma(p, nu), and nu is Gamma(q, v) among customers. Observed of
    each: x, days with a purchase after the first that were worth something, and mean_value, what
    they were worth on average.
#}

{# The parameters, with the logarithms of where to start. #}
{% macro gamma_gamma_parameters() -%}
    {{ return({'p': 0.0, 'q': 0.0, 'v': 3.4}) }}
{%- endmacro %}


{# observations: x, 1 or more, and mean_value, above 0, of each customer. #}
{% macro gamma_gamma_groups_sql(observations) -%}
    select
        x,
        cast(mean_value as double) as mean_value,
        cast(count(*) as double) as observation_count
    from {{ observations }}
    group by x, mean_value
{%- endmacro %}


{#
    A customer's log-likelihood, with s = p x + q and total = v + x mean_value:

      ln Γ(s) − ln Γ(p x) − ln Γ(q) + q ln v + (p x − 1) ln mean_value + p x ln x − s ln total

    ln Γ and its derivatives are computed once per x.
#}
{% macro gamma_gamma_step_sql(parameters, groups, largest_count) -%}
    {%- set p, q, v = parameters -%}
    with

    counts as (
        select x
        from {{ groups }}
        group by x
    ),

    gammas as (
        select
            x,
            {{ p }} * x + {{ q }} as s,
            {{ log_gamma(p ~ ' * x + ' ~ q) }} - {{ log_gamma(p ~ ' * x') }} as log_gammas,
            {{ digamma(p ~ ' * x + ' ~ q) }} as s_1,
            {{ digamma(p ~ ' * x') }} as px_1,
            {{ digamma(q) }} as q_1,
            {{ trigamma(p ~ ' * x + ' ~ q) }} as s_2,
            {{ trigamma(p ~ ' * x') }} as px_2,
            {{ trigamma(q) }} as q_2
        from counts
    ),

    terms as (
        select
            groups.observation_count as n,
            groups.x,
            ln(groups.mean_value) as log_value,
            {{ v }} + groups.x * groups.mean_value as total,
            s, log_gammas, s_1, px_1, q_1, s_2, px_2, q_2
        from {{ groups }} as groups
        inner join gammas on groups.x = gammas.x
    ),

    parts as (
        select
            n * (
                log_gammas - ({{ log_gamma(q) }}) + {{ q }} * ln({{ v }}) + ({{ p }} * x - 1) * log_value
                + {{ p }} * x * ln(x) - s * ln(total)
            ) as log_likelihood,
            -- gradient: p, q, v
            n * x * (s_1 - px_1 + log_value + ln(x) - ln(total)) as g_p,
            n * (s_1 - q_1 + ln({{ v }}) - ln(total)) as g_q,
            n * ({{ q }} / {{ v }} - s / total) as g_v,
            -- Hessian: p with each, q with each from itself on, v
            n * x * x * (s_2 - px_2) as h_p_p,
            n * x * s_2 as h_p_q,
            -n * x / total as h_p_v,
            n * (s_2 - q_2) as h_q_q,
            n * (1e0 / {{ v }} - 1e0 / total) as h_q_v,
            n * (s / (total * total) - {{ q }} / ({{ v }} * {{ v }})) as h_v_v
        from terms
    )

    select
        {%- for part in [
            'log_likelihood', 'g_p', 'g_q', 'g_v', 'h_p_p', 'h_p_q', 'h_p_v', 'h_q_q', 'h_q_v',
            'h_v_v',
        ] %}
        {{ exact_sum(part) }} as {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
{%- endmacro %}

{#
    BG/NBD, how often customers buy and when they leave, for the materialisation maximum_likelihood.
    Fader, Hardie & Lee, "Counting your customers" the easy way (Marketing Science 24, 2005).

    A customer buys at a rate that is Gamma(r, alpha) among customers, and after each purchase leaves
    with a probability that is Beta(a, b). Observed of each: x, days with a purchase after the first;
    recency, days from the first purchase to the last; age, days from the first to the as-of date.
#}

{# The parameters, with the logarithms of where to start: a purchase a month, half of them leave. #}
{% macro bg_nbd_parameters() -%}
    {{ return({'r': 0.0, 'alpha': 3.4, 'a': 0.0, 'b': 0.0}) }}
{%- endmacro %}


{# observations: x, recency, age of each customer. #}
{% macro bg_nbd_groups_sql(observations) -%}
    select
        x,
        cast(recency as double) as recency,
        cast(age as double) as age,
        cast(count(*) as double) as observation_count
    from {{ observations }}
    group by x, recency, age
{%- endmacro %}


{#
    With A = ln((alpha + age)/(alpha + recency)), and w the probability that a customer of x > 0 has
    left, a customer's log-likelihood is

      ln Γ(r+x) − ln Γ(r) + ln Γ(b+x) − ln Γ(b) − (ln Γ(a+b+x) − ln Γ(a+b)) + r ln alpha
        − (r+x) ln(alpha+age) + ln(1 + e^z),    z = (r+x) A + ln a − ln(b+x−1),    w = 1/(1 + e^−z)

    x is whole, so that a difference of two ln Γ is a sum of logarithms (and its derivatives sums of
    1/(r+i) and −1/(r+i)²): `rises`, one row per x. 1 − w is 1/(1 + e^z), never 1 − w, which has no
    digits left for those who buy often.
#}
{% macro bg_nbd_step_sql(parameters, groups, largest_count) -%}
    {%- set r, alpha, a, b = parameters -%}
    {%- set running = 'over (order by i rows between unbounded preceding and current row)' -%}
    with

    steps as (
        select generated_number - 1 as i
        from ({{ dbt.generate_series([largest_count, 1] | max) }}) as numbers
    ),

    rises as (
        select
            i + 1 as x,
            sum(ln({{ r }} + i)) {{ running }} as r_0,
            sum(1e0 / ({{ r }} + i)) {{ running }} as r_1,
            sum(-1e0 / power({{ r }} + i, 2)) {{ running }} as r_2,
            sum(ln({{ b }} + i)) {{ running }} as b_0,
            sum(1e0 / ({{ b }} + i)) {{ running }} as b_1,
            sum(-1e0 / power({{ b }} + i, 2)) {{ running }} as b_2,
            sum(ln({{ a }} + {{ b }} + i)) {{ running }} as ab_0,
            sum(1e0 / ({{ a }} + {{ b }} + i)) {{ running }} as ab_1,
            sum(-1e0 / power({{ a }} + {{ b }} + i, 2)) {{ running }} as ab_2
        from steps

        union all

        select 0, 0e0, 0e0, 0e0, 0e0, 0e0, 0e0, 0e0, 0e0, 0e0
    ),

    odds as (
        select
            observation_count as n,
            x,
            {{ alpha }} + age as alive,
            {{ alpha }} + recency as gone,
            case
                when x > 0
                    then ({{ r }} + x) * (ln({{ alpha }} + age) - ln({{ alpha }} + recency))
                        + ln({{ a }}) - ln({{ b }} + x - 1)
                else -700e0
            end as z
        from {{ groups }}
    ),

    terms as (
        select
            odds.n,
            odds.x,
            odds.alive,
            odds.gone,
            case when odds.x > 0 then 1e0 / (1e0 + exp(-greatest(z, -700e0))) else 0e0 end as w,
            case when odds.x > 0 then 1e0 / (1e0 + exp(least(z, 700e0))) else 1e0 end as not_w,
            case when odds.x > 0 then greatest(z, 0e0) + ln(1e0 + exp(-abs(z))) else 0e0 end as softplus,
            -- how z moves with each parameter
            ln(odds.alive) - ln(odds.gone) as z_r,
            ({{ r }} + odds.x) * (1e0 / odds.alive - 1e0 / odds.gone) as z_alpha,
            1e0 / {{ a }} as z_a,
            case when odds.x > 0 then -1e0 / ({{ b }} + odds.x - 1) else 0e0 end as z_b,
            r_0, r_1, r_2, b_0, b_1, b_2, ab_0, ab_1, ab_2
        from odds
        inner join rises on odds.x = rises.x
    ),

    parts as (
        select
            n * (
                r_0 + b_0 - ab_0 + {{ r }} * ln({{ alpha }}) - ({{ r }} + x) * ln(alive) + softplus
            ) as log_likelihood,
            -- gradient: r, alpha, a, b
            n * (r_1 + ln({{ alpha }}) - not_w * ln(alive) - w * ln(gone)) as g_r,
            n * ({{ r }} / {{ alpha }} - ({{ r }} + x) * (not_w / alive + w / gone)) as g_alpha,
            n * (w / {{ a }} - ab_1) as g_a,
            n * (b_1 - ab_1 + w * z_b) as g_b,
            -- Hessian: r with each, alpha with each from itself on, a, b
            n * (r_2 + w * not_w * z_r * z_r) as h_r_r,
            n * (1e0 / {{ alpha }} - not_w / alive - w / gone + w * not_w * z_r * z_alpha) as h_r_alpha,
            n * (w * not_w * z_r * z_a) as h_r_a,
            n * (w * not_w * z_r * z_b) as h_r_b,
            n * (
                ({{ r }} + x) * (not_w / (alive * alive) + w / (gone * gone))
                - {{ r }} / ({{ alpha }} * {{ alpha }}) + w * not_w * z_alpha * z_alpha
            ) as h_alpha_alpha,
            n * (w * not_w * z_alpha * z_a) as h_alpha_a,
            n * (w * not_w * z_alpha * z_b) as h_alpha_b,
            n * (w * not_w * z_a * z_a - w / ({{ a }} * {{ a }}) - ab_2) as h_a_a,
            n * (w * not_w * z_a * z_b - ab_2) as h_a_b,
            n * (b_2 - ab_2 + w * z_b * z_b + w * not_w * z_b * z_b) as h_b_b
        from terms
    )

    select
        {%- for part in [
            'log_likelihood', 'g_r', 'g_alpha', 'g_a', 'g_b', 'h_r_r', 'h_r_alpha', 'h_r_a',
            'h_r_b', 'h_alpha_alpha', 'h_alpha_a', 'h_alpha_b', 'h_a_a', 'h_a_b', 'h_b_b',
        ] %}
        {{ exact_sum(part) }} as {{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
{%- endmacro %}

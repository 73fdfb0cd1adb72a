{#
    ln Γ, its derivative ψ and that one's ψ′, of a SQL expression of a double above 0, as expressions
    that every engine knows: eight steps of the recurrence, so that the asymptotic series (Abramowitz &
    Stegun 6.1.41, 6.3.18, 6.4.12) is of 8 or more. Relative error below 1e-11.
#}
{% macro log_gamma(z) -%}
    {%- set factors = [] -%}
    {%- for i in range(8) -%}{%- do factors.append('(' ~ z ~ ' + ' ~ i ~ ')') -%}{%- endfor -%}
    {%- set y = '(' ~ z ~ ' + 8)' -%}
    (({{ y }} - 0.5e0) * ln({{ y }}) - {{ y }} + 0.91893853320467274178e0 + 1e0 / (12 * {{ y }})
        - 1e0 / (360 * power({{ y }}, 3)) + 1e0 / (1260 * power({{ y }}, 5))
        - 1e0 / (1680 * power({{ y }}, 7)) - ln({{ factors | join(' * ') }}))
{%- endmacro %}


{% macro digamma(z) -%}
    {%- set steps = [] -%}
    {%- for i in range(8) -%}{%- do steps.append('1e0 / (' ~ z ~ ' + ' ~ i ~ ')') -%}{%- endfor -%}
    {%- set y = '(' ~ z ~ ' + 8)' -%}
    (ln({{ y }}) - 1e0 / (2 * {{ y }}) - 1e0 / (12 * power({{ y }}, 2))
        + 1e0 / (120 * power({{ y }}, 4)) - 1e0 / (252 * power({{ y }}, 6))
        + 1e0 / (240 * power({{ y }}, 8)) - ({{ steps | join(' + ') }}))
{%- endmacro %}


{% macro trigamma(z) -%}
    {%- set steps = [] -%}
    {%- for i in range(8) -%}{%- do steps.append('1e0 / power(' ~ z ~ ' + ' ~ i ~ ', 2)') -%}{%- endfor -%}
    {%- set y = '(' ~ z ~ ' + 8)' -%}
    (1e0 / {{ y }} + 1e0 / (2 * power({{ y }}, 2)) + 1e0 / (6 * power({{ y }}, 3))
        - 1e0 / (30 * power({{ y }}, 5)) + 1e0 / (42 * power({{ y }}, 7))
        - 1e0 / (30 * power({{ y }}, 9)) + ({{ steps | join(' + ') }}))
{%- endmacro %}

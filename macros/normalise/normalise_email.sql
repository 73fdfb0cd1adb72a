{#
    An email address in the one form that is compared: trimmed, lower case, look-alikes folded; null
    where its shape is not valid (one @, no stray dots, a domain with a letters-only top level).
    Dots and "+tags" stay, but for the domains of var('plus_tags_ignored_for').
#}
{% macro normalise_email(text) -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text)) ~ ')' -%}
    {%- set atom = "[a-z0-9_%+''-]+" -%}
    {%- set label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?' -%}
    {%- set shape = '^' ~ atom ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+[a-z]{2,}$' -%}
    {%- set domains = var('plus_tags_ignored_for') -%}
    case
        {%- if domains %}
        when {{ matches(folded, shape) }} and length({{ folded }}) <= 254
            and {{ dbt.split_part(folded, "'@'", 2) }} in ('{{ domains | join("', '") }}')
            then replace({{ dbt.split_part(dbt.split_part(folded, "'@'", 1), "'+'", 1) }}, '.', '')
                || '@' || {{ dbt.split_part(folded, "'@'", 2) }}
        {%- endif %}
        when {{ matches(folded, shape) }} and length({{ folded }}) <= 254 then {{ folded }}
    end
{%- endmacro %}

{#
    An email address in the one form that is compared: trimmed, lower case, look-alikes folded; null
    where its shape is not valid (one @, no stray dots, a domain with a letters-only top level, 254
    characters at most; with a name before its "+tag"). Dots and "+tags" stay, but for the domains of
    var('plus_tags_ignored_for').
#}
{% macro normalise_email(text) -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text)) ~ ')' -%}
    {%- set atom = "[a-z0-9_%+'-]+" -%}
    {%- set label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?' -%}
    {%- set shape = '^' ~ atom ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+[a-z]{2,}$' -%}
    {%- set address = first_match(folded, shape) -%}
    {%- set domains = domains_without_plus_tags() -%}
    case
        when length({{ trim_whitespace(text) }}) > 254 then null
        {%- if domains %}
        when split_part({{ address }}, '@', 2) in ('{{ domains | join("', '") }}')
            then nullif(replace(split_part(split_part({{ address }}, '@', 1), '+', 1), '.', ''), '')
                || '@' || split_part({{ address }}, '@', 2)
        {%- endif %}
        else {{ address }}
    end
{%- endmacro %}

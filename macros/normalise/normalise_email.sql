{#
    An email address in the one form that is compared: trimmed, lower case, look-alikes folded; null
    where its shape is not valid (one @, no stray dots, a name before its "+tag", a domain with a
    letters-only top level, 254 characters at most). Dots and "+tags" stay: what a provider ignores is
    left out where addresses are compared (seed mail_domains).
#}
{% macro normalise_email(text) -%}
    {%- set folded = 'lower(' ~ fold_lookalikes(trim_whitespace(text)) ~ ')' -%}
    {%- set atom = "[a-z0-9_%+'-]+" -%}
    {%- set label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?' -%}
    {%- set name = "[a-z0-9_%'-][a-z0-9_%+'-]*" -%}
    {%- set shape = '^' ~ name ~ '([.]' ~ atom ~ ')*@(' ~ label ~ '[.])+[a-z]{2,}$' -%}
    {%- set address = first_match(folded, shape) -%}
    case
        when length({{ trim_whitespace(text) }}) > 254 then null
        else {{ address }}
    end
{%- endmacro %}

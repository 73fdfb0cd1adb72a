{#
    Whether a ticket of int_tickets was open at the end of the as-of date (a condition): resolved
    later, or not resolved and not closed.
#}
{% macro is_open_as_of_date() -%}
    case
        when resolved_at is null then ticket_status in ('open', 'in_progress')
        else cast(resolved_at as date) > {{ as_of_date() }}
    end
{%- endmacro %}

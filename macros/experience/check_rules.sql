{#
    Raises a compiler error that names the first row of a seed that makes no sense, and what is wrong
    with it, so that what was there before stays. For a post-hook of the seed.

    row: a SQL expression of what names a row; wrong: what is wrong -> the condition under which it is.
#}
{% macro refuse_rows(row, wrong) %}
    {% if execute %}
        {% for reason, condition in wrong.items() %}
            {% set found = run_query(
                'select ' ~ row ~ ' from ' ~ this ~ ' where ' ~ condition ~ ' order by 1'
            ) %}
            {% if found.rows %}
                {% do exceptions.raise_compiler_error(
                    'seeds/' ~ this.identifier ~ '.csv, row "' ~ found.rows[0][0] ~ '": ' ~ reason
                ) %}
            {% endif %}
        {% endfor %}
    {% endif %}
{% endmacro %}


{# Of seed alert_rules. #}
{% macro check_alert_rules() %}
    {% set severities = ['Critical', 'High', 'Medium', 'Low'] %}
    {% set metrics = [
        'nps_score', 'csat_score', 'ces_effort', 'churn_probability', 'failed_payment_count',
        'usage_change_pct', 'open_ticket_count', 'overdue_ticket_count', 'days_to_renewal',
        'days_to_renewal_at_risk',
    ] %}
    {% do refuse_rows("coalesce(alert_type, '') || ', ' || coalesce(severity, '')", {
        'alert_type is missing': 'alert_type is null',
        'severity must be one of ' ~ severities | join(', '): is_none_of('severity', severities),
        'metric must be one of ' ~ metrics | join(', '): is_none_of('metric', metrics),
        'operator must be >= or <=': is_none_of('operator', ['>=', '<=']),
        'threshold is missing': 'threshold is null',
        'resolves_after_days must be 1 or more': 'coalesce(resolves_after_days, 0) < 1',
        'window_days is of failed_payment_count, and of nothing else':
            "(metric = 'failed_payment_count') <> (coalesce(window_days, 0) > 0)",
    }) %}
{% endmacro %}


{# Of seed risk_bands: each level holds all that a worse one does. #}
{% macro check_risk_bands() %}
    {% set worse = 'select * from ' ~ this ~ ' as worse where worse.severity < '
        ~ this.identifier ~ '.severity and worse.' %}
    {% set levels = ['Critical', 'High', 'Medium'] %}
    {% do refuse_rows("coalesce(risk_level, '')", {
        'risk_level must be one of ' ~ levels | join(', '): is_none_of('risk_level', levels),
        'a bound is missing': 'severity is null or nps_at_most is null or csat_at_most is null'
            ~ ' or ces_effort_at_least is null',
        'nps_at_most is below that of a worse level':
            'exists (' ~ worse ~ 'nps_at_most > ' ~ this.identifier ~ '.nps_at_most)',
        'csat_at_most is below that of a worse level':
            'exists (' ~ worse ~ 'csat_at_most > ' ~ this.identifier ~ '.csat_at_most)',
        'ces_effort_at_least is above that of a worse level': 'exists (' ~ worse
            ~ 'ces_effort_at_least < ' ~ this.identifier ~ '.ces_effort_at_least)',
    }) %}
{% endmacro %}


{# A condition: a column holds none of the texts. #}
{% macro is_none_of(column, texts) -%}
    coalesce({{ column }}, '') not in ('{{ texts | join("', '") }}')
{%- endmacro %}

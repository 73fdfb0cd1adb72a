{#
    Raises a compiler error, at parse time, with a line for each var of dbt_project.yml or --vars that
    makes no sense: dbt would take it, and give a wrong table or an error about something else.
    Called wherever a model may be the first that dbt reads, since it reads them in no certain order.
#}
{% macro check_vars() %}
    {% set faults = [] %}
    {% set rules = rules_of_vars() %}
    {% if var('plus_tags_ignored_for', none) is not none %}
        {% do faults.append(
            "var 'plus_tags_ignored_for' is no more: write its domains into seeds/mail_domains.csv."
        ) %}
    {% endif %}
    {% for name in invocation_args_dict.vars if name not in rules and name != 'plus_tags_ignored_for' %}
        {% do faults.append(
            "--vars: unknown '" ~ name ~ "'. Known: " ~ rules | sort | join(', ') ~ '.'
        ) %}
    {% endfor %}
    {% for name, rule in rules.items() %}
        {% set value = var(name) %}
        {% set is_list = value is sequence and value is not string and value is not mapping %}
        {% set is_right = namespace(kind=true) %}
        {% set items = [] %}
        {% if rule.kind == 'systems' %}
            {% do faults.extend(faults_of_systems(value)) %}
        {% elif rule.kind == 'tiers' %}
            {% do faults.extend(faults_of_tiers(value)) %}
        {% elif value is none %}
            {% set is_right.kind = rule.or_null %}
        {% elif rule.kind == 'number' %}
            {% set is_right.kind = value is number and value is not boolean
                and rule.least <= value <= rule.most %}
        {% elif rule.kind == 'whole number' %}
            {% set is_right.kind = value is integer and value is not boolean
                and rule.least <= value <= rule.most %}
        {% elif rule.kind == 'flag' %}
            {% set is_right.kind = value is boolean %}
        {% elif rule.kind == 'text' %}
            {% set is_right.kind = value is string and value | trim != '' %}
        {% elif rule.kind == 'day' %}
            {#- what is remembered would be forgotten for good by a day that is still to come -#}
            {% set is_right.kind = is_day(value | string)
                and value | string <= run_started_at.strftime('%Y-%m-%d') %}
        {% elif rule.kind == 'choice' %}
            {% do items.append(value) %}
        {% elif rule.kind == 'code' %}
            {% do items.extend([] if value | string | upper in rule.known else [value]) %}
        {% elif rule.kind == 'list' %}
            {% set is_right.kind = is_list and (value or not rule.wants_one) %}
            {% do items.extend(value if is_list else []) %}
        {% elif rule.kind == 'names' %}
            {% set is_right.kind = value is mapping
                and value.values() | select('string') | list | length == value | length %}
            {% do items.extend(value if value is mapping else []) %}
        {% elif rule.kind in ('columns', 'formats') %}
            {% set is_right.kind = value is mapping and (value.values() | select('mapping') | list | length)
                == value | length %}
            {% for part in (value.values() if is_right.kind else []) if not (
                part.values() | select('string') | list | length == part | length if rule.kind == 'columns'
                else is_format(part)
            ) %}
                {% set is_right.kind = false %}
            {% endfor %}
            {% do items.extend(value if value is mapping else []) %}
        {% endif %}
        {% set unknown = items | reject('in', rule.known) | list %}
        {% if not is_right.kind %}
            {% do faults.append(
                "var '" ~ name ~ "' is " ~ value_as_text(value) ~ ': give ' ~ allowed_by(rule) ~ '.'
            ) %}
        {% elif unknown %}
            {% do faults.append(
                "var '" ~ name ~ "': unknown '" ~ unknown[0] ~ "'. Known: "
                ~ rule.known | sort | join(', ') ~ '.'
            ) %}
        {% endif %}
    {% endfor %}
    {% if faults %}{% do exceptions.raise_compiler_error(faults | join('\n')) %}{% endif %}
{% endmacro %}


{#
    Every var of dbt_project.yml -> what it may be. Who adds a var adds its line; a test compares the
    names. What only a seed knows is not checked here but where that seed is loaded.

    kind: number and whole number (from `least` to `most`), flag, text, day, choice (one of `known`),
      code (one of `known`, in any case), list (of those `known`; wants_one: and not empty), domains,
      names (those `known` -> a text), and four of one var each.
    or_null: whether it may be null.
#}
{% macro rules_of_vars() %}
    {% set sources = [] %}
    {% set tables = [] %}
    {% if not faults_of_systems(var('source_systems')) %}
        {% for source_name, system in var('source_systems').items() %}
            {% do sources.append(source_name) %}
            {% for table_name in system.tables %}
                {% do tables.append(source_name ~ '.' ~ table_name) %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {{ return({
        'source_systems': {'kind': 'systems'},
        'sources': {'kind': 'list', 'known': sources, 'wants_one': true},
        'absent_tables': {'kind': 'list', 'known': tables},
        'raw_schemas': {'kind': 'names', 'known': sources},
        'raw_tables': {'kind': 'names', 'known': tables},
        'raw_columns': {'kind': 'columns', 'known': tables},
        'raw_formats': {'kind': 'formats', 'known': tables},
        'rejected_share_warns': {'kind': 'number', 'least': 0, 'most': 1},
        'rejected_share_fails': {'kind': 'number', 'least': 0, 'most': 1},
        'max_removed_share': {'kind': 'number', 'least': 0, 'most': 1},

        'rules_version': {'kind': 'whole number', 'least': 1, 'most': 1000000},
        'lookback_days': {'kind': 'whole number', 'least': 0, 'most': 3650},
        'scratch_table_format': {'kind': 'choice', 'known': ['delta', 'parquet']},
        'publications_kept': {'kind': 'whole number', 'least': 1, 'most': 1000},
        'identity_backups_kept': {'kind': 'whole number', 'least': 1, 'most': 1000},
        'run_history_days': {'kind': 'whole number', 'least': 1, 'most': 36500},
        'bi_role': {'kind': 'text', 'or_null': true},
        'start_anew': {'kind': 'flag'},
        'as_of_date': {'kind': 'day', 'or_null': true},
        'backfill': {'kind': 'flag'},
        'reporting_currency': {'kind': 'code', 'known': currencies()},
        'default_country': {'kind': 'code', 'known': countries() | list},
        'correction_days': {'kind': 'whole number', 'least': 0, 'most': 3650},
        'max_records_per_customer': {'kind': 'whole number', 'least': 2, 'most': 1000000},
        'rfm_window_days': {'kind': 'whole number', 'least': 1, 'most': 36500, 'or_null': true},
        'value_tiers': {'kind': 'tiers'},

        'billing_covers_orders': {'kind': 'flag'},
        'clv_margin': {'kind': 'number', 'least': 0, 'most': 1},
        'clv_lifetime_years': {'kind': 'number', 'least': 0, 'most': 100},
        'clv_min_tenure_days': {'kind': 'number', 'least': 1, 'most': 36500},
        'clv_discount_rate': {'kind': 'number', 'least': 0, 'most': 10},
        'clv_return_share': {'kind': 'number', 'least': 0, 'most': 1, 'or_null': true},
        'clv_counts_free_orders': {'kind': 'flag'},
        'clv_min_repeat_buyers': {'kind': 'whole number', 'least': 10, 'most': 1000000},
        'clv_refit_after_days': {'kind': 'whole number', 'least': 0, 'most': 3650},
        'refit': {'kind': 'flag'},
        'churn_horizon_days': {'kind': 'whole number', 'least': 1, 'most': 3650},
        'risk_window_days': {'kind': 'whole number', 'least': 1, 'most': 3650},
        'mrr_rate': {'kind': 'choice', 'known': ['start', 'month_end']},
        'mrr_gap_days': {'kind': 'whole number', 'least': 0, 'most': 31},
        'metrics_daily': {'kind': 'choice', 'known': ['events', 'all']},
    }) }}
{% endmacro %}


{# What a rule allows, for a sentence. #}
{% macro allowed_by(rule) %}
    {% set some = (rule.known or []) | sort | join(', ') %}
    {% set allowed = {
        'flag': 'true or false',
        'text': 'a text',
        'day': 'a day that has begun, written as YYYY-MM-DD',
        'choice': 'one of ' ~ some,
        'code': 'one of ' ~ some,
        'list': 'a list, [a, b], of ' ~ ('one or more of ' if rule.wants_one else '') ~ some,
        'columns': 'the names of columns, {table: {column: "its name there"}}, of ' ~ some,
        'formats': '{table: {date: "%d.%m.%Y", decimal: ","}}, of which each may lack, of ' ~ some,
        'names': 'a text for each of those that are named otherwise, {a: b}, of ' ~ some,
    } %}
    {{ return(
        allowed.get(rule.kind, 'a ' ~ rule.kind ~ ' from ' ~ rule.least ~ ' to ' ~ rule.most)
        ~ (', or null' if rule.or_null else '')
    ) }}
{% endmacro %}


{# A value as one would write it: quotes tell a text from a number. #}
{% macro value_as_text(value) %}
    {{ return('null' if value is none else "'" ~ value ~ "'" if value is string else value | string) }}
{% endmacro %}


{# Whether a text is a day of the calendar, of a year that tables hold. #}
{% macro is_day(text) %}
    {% if not modules.re.match('^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-[0-9]{2}$', text) %}
        {{ return(false) }}
    {% endif %}
    {% set month = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) %}
    {% set day = month + modules.datetime.timedelta(days=(text[8:] | int) - 1) %}
    {{ return(day.isoformat() == text) }}
{% endmacro %}


{#
    Whether days and numbers are written as with_iso_day() and with_decimal_point() read them: a day of
    %d, %m and %Y or %y, each once, and marks that are neither letters nor digits between them.
#}
{% macro is_format(format) %}
    {% set day = format.get('date', '%d.%m.%Y') | string %}
    {% set marks = modules.re.sub('%[dmYy]', '', day) %}
    {% set letters = modules.re.findall('%([dmYy])', day) | map('lower') | sort | join('') %}
    {{ return(
        format and not format.keys() | reject('in', ['date', 'decimal']) | list and letters == 'dmy'
        and not modules.re.search('[\\w\\]\\\\^%]', marks) and format.get('decimal', '.') in (',', '.')
    ) }}
{% endmacro %}


{# What is wrong with var('value_tiers'), a sentence each. #}
{% macro faults_of_tiers(tiers) %}
    {% set place = "var 'value_tiers'" %}
    {% if tiers is not sequence or tiers is string or tiers is mapping or not tiers %}
        {{ return([
            place ~ ' is ' ~ value_as_text(tiers) ~ ': give a list of {tier, min_spend, min_orders}.'
        ]) }}
    {% endif %}
    {% for bound in tiers %}
        {% if bound is not mapping or bound.min_spend is not number or bound.min_orders is not number
            or bound.tier is not string or "'" in bound.tier or not bound.tier %}
            {{ return([
                place ~ ': ' ~ bound ~ ' wants a tier, and numbers min_spend and min_orders.'
            ]) }}
        {% endif %}
        {% if not loop.first and bound.min_spend > loop.previtem.min_spend %}
            {{ return([
                place ~ ': ' ~ bound.tier ~ ' wants more spend than ' ~ loop.previtem.tier
                ~ ' before it: the best tier comes first.'
            ]) }}
        {% endif %}
    {% endfor %}
    {% set names = tiers | map(attribute='tier') | list %}
    {% if 'NEW' in names or names | unique | list | length < names | length %}
        {{ return([
            place ~ ' wants tiers of different names, and none of the name NEW, which is that of all'
            ~ ' others.'
        ]) }}
    {% endif %}
    {{ return([]) }}
{% endmacro %}


{# What is wrong with var('source_systems'), a sentence each. #}
{% macro faults_of_systems(systems) %}
    {% set faults = [] %}
    {% for source_name in (systems if systems is mapping else []) %}
        {% set system = systems[source_name] %}
        {% if not system.tables or system.tables is string
            or not system.supplies or system.supplies is string %}
            {% do faults.append(
                "var 'source_systems': " ~ source_name ~ ' wants {tables: [a, b], supplies: [c, d]}.'
            ) %}
        {% endif %}
    {% endfor %}
    {% if systems is not mapping %}
        {% do faults.append("var 'source_systems' wants {system: {tables: [a, b], supplies: [c, d]}}.") %}
    {% endif %}
    {{ return(faults) }}
{% endmacro %}

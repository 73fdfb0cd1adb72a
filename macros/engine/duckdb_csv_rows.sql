{#
    The rows of CSV files (a query). Nothing is guessed: no row is a comment, none is skipped, and the
    first row of each file names its columns, which may stand in another order in another file.

    paths: of files of one table; needed: columns that each of them must have, the time of loading last;
    base_model: whose contract says so.
#}
{% macro duckdb_csv_rows(paths, needed, base_model) %}
    {% set alike = {} %}
    {% for path in paths %}
        {% set names = csv_columns(path) %}
        {% set present = names | map('lower') | list %}
        {% set gone = needed | reject('in', present) | list %}
        {% if gone %}
            {% set remedy = 'Add what is missing (' ~ needed[-1] ~ ' is the time a row was loaded), or mark a '
                ~ 'column of the contract `optional: true` in the YAML of ' ~ base_model ~ '.' %}
            {% if names | length == 1 and (';' in names[0] or '\t' in names[0]) %}
                {% set remedy = 'Separate the columns by commas.' %}
            {% endif %}
            {% do exceptions.raise_compiler_error(
                path ~ ' has no column ' ~ gone | join(', ') ~ ': its first line names ' ~ names | join(', ')
                ~ '. ' ~ remedy
            ) %}
        {% endif %}
        {% do alike.setdefault(names | tojson, []).append(path) %}
    {% endfor %}
    {% set queries = [] %}
    {% for names, files in alike.items() %}
        {% do queries.append('select * from ' ~ read_csv(files, fromjson(names), header=true)) %}
    {% endfor %}
    {{ return(queries | join(' union all by name ')) }}
{% endmacro %}


{#
    The columns that the first row of a CSV file names, without blanks around them; one without a name
    is `column<its number>`. How many there are is counted by the commas outside quotes; the names are
    then read as all rows are, so that a quote out of place is an error.
#}
{% macro csv_columns(path) %}
    {% set lines = run_query(
        'select line from read_csv(' ~ duckdb_text(path) ~ ", header = false, delim = e'\\x01', "
        ~ "quote = '', escape = '', strict_mode = false, auto_detect = false, comment = '', skip = 0, "
        ~ "max_line_size = 16777216, columns = {'line': 'varchar'}) limit 20"
    ).columns[0].values() %}
    {% if not lines or lines[0] is none %}
        {% do exceptions.raise_compiler_error(
            path ~ ' cannot be read: its first line is empty. It must name the columns.'
        ) %}
    {% endif %}
    {% set header = namespace(text=lines[0]) %}
    {% for line in lines[1:] %}
        {# a name with a line break in it: its quotes are still open #}
        {% if header.text.count('"') % 2 %}
            {% set header.text = header.text ~ '\n' ~ (line or '') %}
        {% endif %}
    {% endfor %}
    {% set count = modules.re.sub('"[^"]*"', '', header.text).count(',') + 1 %}
    {% set numbers = range(count) | map('string') | list %}
    {# a mark in front keeps a name from being taken for a number or a date #}
    {% set row = run_query(
        "select '=' || coalesce(columns(*), '') from " ~ read_csv([path], numbers, header=false) ~ ' limit 1'
    ).rows[0].values() %}
    {% set names = [] %}
    {% for value in row %}
        {% set name = value[1:] | trim or 'column' ~ loop.index0 %}
        {% if name | lower in names | map('lower') %}
            {% do exceptions.raise_compiler_error(
                path ~ " cannot be read: its first line names the column '" ~ name ~ "' twice."
            ) %}
        {% endif %}
        {% do names.append(name) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}


{# The call that reads CSV files of the same columns. header: whether the first row is left out. #}
{% macro read_csv(paths, columns, header) -%}
    read_csv({{ duckdb_list(paths) }}, header = {{ header | lower }}, delim = ',', quote = '"', escape = '"', auto_detect = false, comment = '', skip = 0, max_line_size = 16777216, columns = {{ duckdb_text_columns(columns) }})
{%- endmacro %}

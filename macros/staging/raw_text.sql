{#
    The raw value of a column as trimmed text, in the spelling that types are read from, whatever
    var('raw_formats') says of days and numbers; empty text is null.

    column: of the contract; raw_column: of the raw table; id: `<source>.<table>`.
#}
{% macro raw_text(column, raw_column, id) -%}
    {%- set value = typed_as_text(adapter.quote(raw_column.name), raw_column.dtype) -%}
    {%- if not is_text_type(raw_column.dtype) -%}
        {%- set text = value -%}
    {%- else -%}
        {%- set text = 'nullif(' ~ trim_column(value) ~ ", '')" -%}
        {%- set formats = var('raw_formats').get(id, {}) -%}
        {%- if formats.date and column.data_type in ('date', 'timestamp') -%}
            {%- set text = with_iso_day(text, formats.date) -%}
        {%- elif formats.decimal and column.data_type.split('(')[0] in ('bigint', 'numeric') -%}
            {%- set text = with_decimal_point(text, formats.decimal) -%}
        {%- endif -%}
    {%- endif -%}
    {{ text }}
{%- endmacro %}


{#
    A text whose day is written as a format says, with the day written as ISO has it and what stands
    behind it as it is; other texts stay.

    day_format: %d, %m and %Y in any order, or %y of this century.
#}
{% macro with_iso_day(text, day_format) -%}
    {%- set widths = {'d': '([0-9]{1,2})', 'm': '([0-9]{1,2})', 'Y': '([0-9]{4})', 'y': '([0-9]{2})'} -%}
    {%- set places = {} -%}
    {%- set pattern = namespace(text='^') -%}
    {%- for part in modules.re.findall('%[dmYy]|[^%]', day_format) -%}
        {%- if part[0] == '%' -%}
            {%- do places.update({part[1]: places | length + 1}) -%}
            {%- set pattern.text = pattern.text ~ widths[part[1]] -%}
        {%- else -%}
            {%- set pattern.text = pattern.text ~ '[' ~ part ~ ']' -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set pattern = pattern.text ~ '([^0-9].*)?$' -%}
    {%- set part = {} -%}
    {%- for letter, place in places.items() -%}
        {%- do part.update({letter: part_of_match(text, pattern, place)}) -%}
    {%- endfor -%}
    case
        when {{ matches(text, pattern) }} then
            {{ part.Y if part.Y else "'20' || " ~ part.y }} || '-' || lpad({{ part.m }}, 2, '0')
            || '-' || lpad({{ part.d }}, 2, '0') || coalesce({{ part_of_match(text, pattern, 4) }}, '')
        else {{ text }}
    end
{%- endmacro %}


{#
    A number with a decimal point and no marks between its thousands.

    decimal: the mark it is written with, a comma or a point; the other one, or a blank, may stand
      between its thousands.
#}
{% macro with_decimal_point(text, decimal) -%}
    {%- set number = "translate(" ~ text ~ ", '.,', ',.')" if decimal == ',' else text -%}
    {%- set marks = ', \u00a0\u202f' -%}
    case
        when {{ matches(number, '^[+-]?[0-9]{1,3}([' ~ marks ~ '][0-9]{3})+([.][0-9]*)?$') }}
            then translate({{ number }}, '{{ marks }}', '')
        else {{ number }}
    end
{%- endmacro %}


{#
    The key of a raw row as text, as judge_raw_rows makes it.

    columns: of the contract; raw_columns: name in the contract -> column of the raw table;
    key: names of the key's columns; id: `<source>.<table>`.
#}
{% macro raw_row_key(columns, raw_columns, key, id, placeholders) -%}
    {%- set parts = [] -%}
    {%- for name in key -%}
        {%- for column in columns if column.name == name -%}
            {%- do parts.append(meant_text(
                raw_text(column, raw_columns[name], id), kind_of(column, key), placeholders
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ joined_key(parts) }}
{%- endmacro %}


{#
    The columns of a key joined by '|', so that no two keys are one: a '|' within is written '~i', and
    a '~' as '~~'. A key of one column stays as it is.
#}
{% macro joined_key(parts) -%}
    {%- if parts | length == 1 -%}{{ parts[0] }}
    {%- else -%}
        {%- for part in parts -%}
            replace(replace({{ part }}, '~', '~~'), '|', '~i'){{ " || '|' || " if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}


{#
    A raw time of loading as a UTC timestamp, read as text where it is not a plain timestamp already.

    raw_column: of the raw table; id: `<source>.<table>`.
#}
{% macro raw_time(raw_column, id) -%}
    {%- if raw_column.dtype | upper in ('TIMESTAMP', 'TIMESTAMP_NTZ') -%}
        cast({{ adapter.quote(raw_column.name) }} as {{ dbt.type_timestamp() }})
    {%- else -%}
        {{ to_utc_timestamp(raw_text({'data_type': 'timestamp', 'meta': {}}, raw_column, id)) }}
    {%- endif -%}
{%- endmacro %}

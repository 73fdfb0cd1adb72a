{#
    Types every row of a raw table and says what becomes of it. Nothing is dropped here.

    source_name, table_name: the raw table. Its contract is the YAML of the model base_<source>__<table>:
      config.meta: row_key (columns), loaded (`whole`: the raw table has all that there is, so a key
        that it has no more is gone; else what was judged stays), latest_by (columns that say when a
        row was changed; the later version wins, by the time it was loaded where they say nothing),
        then_by (columns that decide between versions of one load),
        reject_when (reason, when, because) - SQL conditions over the typed columns; `tomorrow` is
        one day after the row was loaded
      columns: data_type, and in config.meta: required (null rejects the row, and the raw table must
        have the column), if_absent (what stands for one that it lacks, SQL over the typed columns),
        kind (what the column names: id, party_id, salesforce_id, given_name, family_name, name,
        country; words for nothing are null there, see meant_text; birth_date: neither a date that
        stands for nothing nor one of the future), accepted_values (any case), min, max, sign
        (magnitude), format (email), phone_country (see valid_value), if_invalid (`reject`; else an
        invalid value becomes null and the row counts as repaired)
    lookups: models or seeds that a reject_when condition names.

    An incremental run judges the rows whose key was loaded again since the last one, all versions
    of them, so that it ends as a full one does. It looks for the earlier ones where it judged them
    before, by their time of loading; among all keys where a version may win that was loaded before
    others (latest_by). One that came late, behind the look-back, waits for the next full run. Where
    the strategy is replace_entities, it also judges those again that were rejected: a lookup may know
    by now what they wait for. Of a table loaded whole it judges every key of which raw has other
    loads than were judged, and gives what it judged and raw has no more as `gone`, a judgement that
    merge_changes deletes.

    Returns a query: the typed columns, and
      row_version_id    names the row: its key, whether it was rejected, and which version it is
      row_key           the key columns, joined by '|' (see joined_key)
      judgement         accepted | rejected | duplicate
      reason_code       why it was rejected, the first reason that applies: missing_<column>,
                        invalid_<column>, or the reason of a reject_when rule
      repaired_columns  columns whose invalid value was made null, joined by ','
      raw_row           the raw row as JSON, where it was rejected or repaired
      loaded_at         when the row was loaded (UTC)
    A table that var('absent_tables') names gives the same columns and no row.
#}
{% macro judge_raw_rows(source_name, table_name, lookups=[]) %}
    {%- set lookup_relations = {} -%}
    {%- for lookup in lookups -%}
        {%- do lookup_relations.update({lookup: ref(lookup)}) -%}
    {%- endfor -%}
    {%- set id = source_name ~ '.' ~ table_name -%}
    {%- set is_absent = id in var('absent_tables') -%}
    {%- set is_increment = is_incremental() and not is_absent -%}
    {%- set raw_table = none if is_absent else source(source_name, table_name) -%}
    {%- set seed = ref('placeholder_values') -%}
    {%- if not execute -%}{{ return('') }}{%- endif -%}

    {%- set base_model = 'base_' ~ source_name ~ '__' ~ table_name -%}
    {%- set node = graph.nodes['model.' ~ project_name ~ '.' ~ base_model] -%}
    {%- set contract = node.config.meta -%}
    {%- set may_be_gone = is_increment and contract.loaded == 'whole' -%}
    {%- set columns = node.columns.values() | list -%}
    {%- do check_contract(node) -%}
    {%- set loaded_at = loaded_at_field(source_name, table_name) -%}
    {%- set raw = raw_columns(source_name, table_name, raw_table, columns, loaded_at) -%}
    {%- set placeholders = placeholders(seed) -%}
    {%- set loaded_at_value = raw_time(raw.of[loaded_at], id) -%}
    {%- if not is_absent -%}{%- do check_load_times(raw_table, raw.of[loaded_at], id) -%}{%- endif -%}
    {#- for tell_what_was_received(), at the end of the run -#}
    {%- set lacking = columns | map(attribute='name') | reject('in', raw.of) | list -%}
    {%- if lacking and not is_absent -%}
        {%- do graph.setdefault('absent_columns', {}).update({id: lacking}) -%}
    {%- endif -%}
    {%- set given_name = columns | selectattr('meta.kind', 'eq', 'given_name') | map(attribute='name') | first -%}
    {#- columns that the table lacks, and for which something stands -#}
    {%- set stood_for = [] -%}
    {%- for column in columns if column.name not in raw.of and column.meta.if_absent and not is_absent -%}
        {%- do stood_for.append(column.name) -%}
    {%- endfor -%}
with

received as (
    {%- if is_absent %}
    select {{ typed_null('timestamp') }} as {{ loaded_at }}
    where 1 = 0
    {%- else %}
    select * from {{ raw_table }}
    {%- endif %}
),

{% if is_increment -%}
{%- set raw_key = raw_row_key(columns, raw.of, contract.row_key, id, placeholders) -%}
{%- endif -%}
{%- if may_be_gone -%}
keys_to_judge as (
    select row_key
    from (
        select
            row_key,
            loaded_at,
            sum(raw_count) as raw_count
        from (
            select
                {{ raw_key }} as row_key,
                {{ loaded_at_value }} as loaded_at,
                1 as raw_count
            from received
            union all
            select
                row_key,
                loaded_at,
                -1 as raw_count
            from {{ this }}
        ) as raw_and_judged
        group by row_key, loaded_at
    ) as loads
    where raw_count <> 0 or loaded_at >= {{ high_water_mark() }} or loaded_at is null
),

{% elif is_increment -%}
recent as (
    select * from {{ raw_table }}
    where {{ loaded_at_value }} >= {{ high_water_mark() }} or {{ loaded_at_value }} is null
),

keys_to_judge as (
    select {{ raw_key }} as row_key
    from recent
    {%- if config.get('incremental_strategy') == 'replace_entities' %}
    union all
    select row_key
    from {{ this }}
    where judgement = 'rejected'
    {%- endif %}
),

{% endif -%}
{%- if is_increment and (may_be_gone or contract.latest_by) -%}
{#- every version of the rows to judge, and the new rows without a key #}
source as (
    select * from received
    where {{ raw_key }} in (select row_key from keys_to_judge)
        or (
            {{ raw_key }} is null
            {%- if not may_be_gone %}
            and ({{ loaded_at_value }} >= {{ high_water_mark() }} or {{ loaded_at_value }} is null)
            {%- endif %}
        )
),
{% elif is_increment -%}
{#- (the keys of all raw rows are not read for the few that came again) #}
earlier_versions as (
    select
        row_key as judged_row_key,
        loaded_at as judged_loaded_at
    from {{ this }}
    where row_key in (select row_key from keys_to_judge)
        and loaded_at < {{ high_water_mark() }}
    group by 1, 2
),

source as (
    select * from recent
    union all
    select received.*
    from {{ raw_table }} as received
    inner join earlier_versions
        on {{ loaded_at_value }} = earlier_versions.judged_loaded_at
            and {{ raw_key }} = earlier_versions.judged_row_key
),
{% else -%}
source as (
    select * from received
),
{% endif %}
{% for lookup, relation in lookup_relations.items() %}
{{ lookup }} as (
    select * from {{ relation }}
),
{% endfor %}
spelled as (
    select
        {%- for column in columns %}
        {%- if column.name in raw.of %}
        {{ raw_text(column, raw.of[column.name], id) }} as {{ column.name }},
        {%- else %}
        {{ typed_null('string') }} as {{ column.name }},
        {%- endif %}
        {%- endfor %}
        {{ loaded_at_value }} as loaded_at,
        {{ row_as_value('whole_row', raw.all) }} as raw_row
    from source as whole_row
),

texts as (
    select
        {%- for column in columns %}
        {{ meant_text(column.name, kind_of(column, contract.row_key), placeholders,
            given_name) }} as {{ column.name }},
        {%- endfor %}
        loaded_at,
        raw_row
    from spelled
),

typed as (
    select
        {%- for column in columns %}
        texts.{{ column.name }} as {{ column.name }}__text,
        {{ valid_value('texts', column, placeholders) }} as {{ column.name }},
        {%- endfor %}
        texts.loaded_at,
        {{ dbt.dateadd('day', 1, 'texts.loaded_at') }} as tomorrow,
        texts.raw_row
    from texts
),
{% if stood_for %}
completed as (
    select
        {%- for column in columns %}
        {{ column.name }}__text,
        {%- if column.name in stood_for %}
        {{ column.meta.if_absent }} as {{ column.name }},
        {%- else %}
        {{ column.name }},
        {%- endif %}
        {%- endfor %}
        loaded_at,
        tomorrow,
        raw_row
    from typed
),
{% endif %}
judged as (
    select
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        {{ joined_key(contract.row_key) }} as row_key,
        case
            {%- for column in columns if column.name not in stood_for %}
            {%- if column.meta.required %}
            when {{ column.name }}__text is null then 'missing_{{ column.name }}'
            {%- endif %}
            {%- if column.meta.if_invalid == 'reject' %}
            when {{ column.name }}__text is not null and {{ column.name }} is null
                then 'invalid_{{ column.name }}'
            {%- endif %}
            {%- endfor %}
            {%- for rule in contract.get('reject_when', []) %}
            when {{ rule.when }} then '{{ rule.reason }}'
            {%- endfor %}
        end as reason_code,
        {{ repaired_columns(columns) }} as repaired_columns,
        {{ row_fingerprint(columns) }} as fingerprint,
        loaded_at,
        raw_row
    from {{ 'completed' if stood_for else 'typed' }}
),

grouped as (
    select
        *,
        {#- written before rows are ordered, which then need not carry all of the raw row along #}
        case
            when reason_code is not null or repaired_columns is not null
                then {{ value_as_json('raw_row') }}
        end as raw_row_text,
        coalesce(
            row_key, fingerprint || coalesce(cast(loaded_at as {{ dbt.type_string() }}), '')
        ) as version_group
    from judged
),

ranked as (
    select
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        row_key,
        version_group,
        reason_code,
        repaired_columns,
        raw_row_text as raw_row,
        loaded_at,
        row_number() over (
            partition by version_group, case when reason_code is null then 1 else 0 end
            order by {{ latest_version_first(contract) }}
        ) as version_number
    from grouped
),

versions as (
    select
        -- ids
        version_group || '|' || case when reason_code is null then 'a' else 'r' end
            || cast(version_number as {{ dbt.type_string() }}) as row_version_id,
        row_key,
        -- the row, typed
        {%- for column in columns %}
        {{ column.name }},
        {%- endfor %}
        -- judgement
        case
            when reason_code is not null then 'rejected'
            when version_number > 1 then 'duplicate'
            else 'accepted'
        end as judgement,
        reason_code,
        case when reason_code is null then repaired_columns end as repaired_columns,
        raw_row,
        loaded_at
    from ranked
)

select * from versions
{%- if may_be_gone %}
union all
select
    known.row_version_id,
    known.row_key,
    {%- for column in columns %}
    known.{{ column.name }},
    {%- endfor %}
    'gone' as judgement,
    known.reason_code,
    known.repaired_columns,
    known.raw_row,
    known.loaded_at
from {{ this }} as known
left join versions
    on known.row_version_id = versions.row_version_id
where versions.row_version_id is null
    and (known.row_key is null or known.row_key in (select keys_to_judge.row_key from keys_to_judge))
{%- endif %}
{% endmacro %}

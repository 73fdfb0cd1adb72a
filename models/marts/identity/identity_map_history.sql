-- One row per record and period in which it belonged to one customer. It tells the past, so a
-- rebuild leaves it alone.
{{ config(
    materialized='incremental',
    unique_key='period_id',
    full_refresh=false,
    transient=false,
    meta={'kept': 'identity'},
) }}

with

present as (
    select * from {{ ref('int_identity__anchors') }}
    where gone_at is null
),

open_periods as (
    {% if is_incremental() %}
        select * from {{ this }}
        where valid_to is null
    {% else %}
        select
            {{ typed_null('string') }} as period_id,
            {{ typed_null('string') }} as record_key,
            {{ typed_null('string') }} as customer_id,
            {{ typed_null('timestamp') }} as valid_from
        where 1 = 0
    {% endif %}
)

select
    open_periods.period_id,
    open_periods.record_key,
    open_periods.customer_id,
    open_periods.valid_from,
    {{ run_time() }} as valid_to
from open_periods
left join present
    on open_periods.record_key = present.record_key
        and open_periods.customer_id = present.customer_id
where present.record_key is null

union all

select
    {{ period_id('present.record_key', run_time()) }} as period_id,
    present.record_key,
    present.customer_id,
    {{ run_time() }} as valid_from,
    {{ typed_null('timestamp') }} as valid_to
from present
left join open_periods
    on present.record_key = open_periods.record_key
        and present.customer_id = open_periods.customer_id
where open_periods.record_key is null

-- One row per customer with a purchase: how recently, how often and how much they bought.
with

orders as (
    select * from {{ ref('int_customer_facts__orders') }}
    where customer_id is not null and {{ within_window('order_date', var('rfm_window_days')) }}
),

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

totals as (
    select
        customer_id,
        max(case when is_purchase then order_date end) as last_purchase_date,
        sum(case when is_purchase then 1 else 0 end) as frequency,
        sum(net_amount_reporting) as monetary,
        sum(case when is_purchase then net_amount_reporting else 0 end) as purchase_amount
    from orders
    group by 1
),

buyers as (
    select
        customer_id,
        last_purchase_date,
        {{ dbt.datediff('last_purchase_date', as_of_date(), 'day') }} as recency_days,
        frequency,
        monetary,
        purchase_amount
    from totals
    where frequency > 0
),

scored as (
    select
        *,
        {{ quintile('recency_days', 'desc') }} as recency_score,
        {{ quintile('frequency', 'asc') }} as frequency_score,
        {{ quintile('monetary', 'asc') }} as monetary_score
    from buyers
)

select
    -- ids
    scored.customer_id,

    -- measures
    scored.last_purchase_date,
    cast(scored.recency_days as bigint) as recency_days,
    cast(scored.frequency as bigint) as frequency,
    cast(scored.monetary as numeric(28, 4)) as monetary,
    cast(scored.purchase_amount as numeric(28, 4)) as purchase_amount,

    -- scores
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    scored.recency_score * 100 + scored.frequency_score * 10 + scored.monetary_score as rfm_cell,
    scored.recency_score + scored.frequency_score + scored.monetary_score as rfm_score,
    rfm_segments.rfm_segment,
    case
        {%- for bound in var('value_tiers') %}
            when
                scored.monetary > {{ bound.min_spend }}
                and scored.frequency > {{ bound.min_orders }}
                then '{{ bound.tier }}'
        {%- endfor %}
        else 'NEW'
    end as value_tier
from scored
inner join rfm_segments
    on scored.recency_score = rfm_segments.recency_score
        and scored.frequency_score = rfm_segments.frequency_score
        and scored.monetary_score = rfm_segments.monetary_score

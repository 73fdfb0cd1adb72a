-- One row per customer of whom at least one part of the health score is known, each on 0-100, and
-- their mean by the weights of seed health_weights: of those that are known, if they are two.
with

answers as (
    select * from {{ ref('int_experience__latest_answers') }}
),

usage_changes as (
    select * from {{ ref('int_experience__usage_change') }}
    where usage_change is not null
),

predictions as (
    select * from {{ ref('int_value__predictions') }}
),

service as (
    select * from {{ ref('int_experience__service_counts') }}
    where recent_ticket_count > 0
),

payments as (
    select * from {{ ref('int_value__payment_behaviour') }}
    where on_time_share is not null
),

health_weights as (
    select
        part,
        cast(weight as numeric(18, 4)) as weight
    from {{ ref('health_weights') }}
    where weight > 0
),

customers as (
    select customer_id from answers
    union
    select customer_id from usage_changes
    union
    select customer_id from predictions
    union
    select customer_id from service
    union
    select customer_id from payments
),

measured as (
    select
        customers.customer_id,
        coalesce(
            answers.nps_score * 10,
            (answers.csat_score - 1) * 25,
            (7 - answers.ces_effort) * 100 / 6
        ) as experience_score,
        50 + 50 * usage_changes.usage_change as usage_trend_score,
        100 * (1 - predictions.no_purchase_probability) as recency_score_part,
        case
            when service.customer_id is not null
                then greatest(
                        0,
                        100 - 20 * service.open_ticket_count
                        - 10 * service.recently_missed_sla_count
                    )
        end as support_load_score,
        100 * payments.on_time_share as payment_score
    from customers
    left join answers on customers.customer_id = answers.customer_id
    left join usage_changes on customers.customer_id = usage_changes.customer_id
    left join predictions on customers.customer_id = predictions.customer_id
    left join service on customers.customer_id = service.customer_id
    left join payments on customers.customer_id = payments.customer_id
),

parts as (
    select
        customer_id,
        cast(experience_score as numeric(18, 4)) as experience_score,
        cast(usage_trend_score as numeric(18, 4)) as usage_trend_score,
        cast(recency_score_part as numeric(18, 4)) as recency_score_part,
        cast(support_load_score as numeric(18, 4)) as support_load_score,
        cast(payment_score as numeric(18, 4)) as payment_score
    from measured
),

weighted as (
    select
        parts.customer_id,
        health_weights.part,
        health_weights.weight,
        case health_weights.part
            when 'experience' then parts.experience_score
            when 'usage' then coalesce(parts.usage_trend_score, parts.recency_score_part)
            when 'support' then parts.support_load_score
            when 'payment' then parts.payment_score
        end as score
    from parts
    cross join health_weights
),

ranked as (
    select
        *,
        case when score > 50 then '+' when score < 50 then '-' end || part as driver,
        row_number() over (
            partition by customer_id order by weight * abs(score - 50) desc, part
        ) as place
    from weighted
    where score is not null
),

scored as (
    select
        customer_id,
        case
            when count(*) > 1
                then round(
                        cast(sum(weight * score) as double) / cast(sum(weight) as double), 2
                    )
        end as health_score,
        coalesce(max(case when place = 1 then ', ' || driver end), '')
        || coalesce(max(case when place = 2 then ', ' || driver end), '')
        || coalesce(max(case when place = 3 then ', ' || driver end), '')
        || coalesce(max(case when place = 4 then ', ' || driver end), '') as drivers
    from ranked
    group by 1
)

select
    -- ids
    parts.customer_id,

    -- the parts
    parts.experience_score,
    parts.usage_trend_score,
    parts.recency_score_part,
    parts.support_load_score,
    parts.payment_score,

    -- the score
    scored.health_score,
    case
        when scored.health_score >= 80 then 'Green'
        when scored.health_score >= 50 then 'Yellow'
        when scored.health_score is not null then 'Red'
    end as health_band,
    case when scored.health_score is not null then nullif(substring(scored.drivers, 3), '') end
        as health_drivers
from parts
left join scored on parts.customer_id = scored.customer_id

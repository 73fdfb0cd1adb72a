-- One row per subscription.
with

rated as (
    {{ union_sources_rated('subscriptions', amount='mrr', day='start_date') }}
),

known as (
    select
        subscription_id,
        min(known_on) as known_on
    from {{ ref('int_subscription_versions') }}
    group by 1
)

select
    rated.*,
    least(coalesce(known.known_on, rated.start_date), rated.start_date) as known_on
from rated
left join known on rated.subscription_id = known.subscription_id

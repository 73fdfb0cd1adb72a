-- One row per subscription.
{{ union_sources_rated('subscriptions', amount='mrr', day='start_date') }}

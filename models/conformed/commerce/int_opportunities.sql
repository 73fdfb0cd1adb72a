-- One row per sales opportunity.
{{ union_sources_rated('opportunities', amount='amount', day='created_at') }}

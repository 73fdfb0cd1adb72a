-- One row per billing transaction.
{{ union_sources_rated('billing_transactions', amount='amount', day='transacted_at') }}

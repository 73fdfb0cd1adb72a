-- One row per metered usage record.
{{ union_sources('usage') }}

-- One row per behavioural event.
{{ union_sources('events') }}

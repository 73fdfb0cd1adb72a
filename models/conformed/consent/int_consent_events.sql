-- One row per consent given or withdrawn for one purpose.
{{ union_sources('consent_events') }}

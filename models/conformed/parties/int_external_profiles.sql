-- One row per bought demographic profile.
{{ union_sources('external_profiles') }}

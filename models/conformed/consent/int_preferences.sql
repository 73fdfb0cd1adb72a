-- One row per stated or inferred preference.
{{ union_sources('preferences') }}

-- One row per ticket and time at which a row of it was loaded.
{{ union_sources('ticket_versions') }}

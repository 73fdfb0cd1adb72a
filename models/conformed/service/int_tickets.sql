-- One row per help desk ticket or incident.
{{ union_sources('tickets') }}

-- One row per campaign.
{{ union_sources('campaigns') }}

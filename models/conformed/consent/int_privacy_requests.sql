-- One row per request of a data subject.
{{ union_sources('privacy_requests') }}

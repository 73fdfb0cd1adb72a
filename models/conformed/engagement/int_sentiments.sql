-- One row per measurement of public sentiment.
{{ union_sources('sentiments') }}

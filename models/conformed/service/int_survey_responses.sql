-- One row per answered score.
{{ union_sources('survey_responses') }}

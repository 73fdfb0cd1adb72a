-- One row per raw row of cx_survey.survey_response, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('cx_survey')) }}

{{ judge_raw_rows('cx_survey', 'survey_response') }}

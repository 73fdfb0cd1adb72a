-- One row per raw row of cx_survey.survey_response, typed and judged.
{{ config(
    materialized='incremental',
    unique_key='row_version_id',
    enabled=source_is_enabled('cx_survey'),
) }}

{{ judge_raw_rows('cx_survey', 'survey_response') }}

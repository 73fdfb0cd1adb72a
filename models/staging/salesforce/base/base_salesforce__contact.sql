-- One row per raw row of salesforce.contact, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('salesforce')) }}

{{ judge_raw_rows('salesforce', 'contact') }}

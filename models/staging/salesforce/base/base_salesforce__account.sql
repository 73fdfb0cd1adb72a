-- One row per raw row of salesforce.account, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('salesforce')) }}

{{ judge_raw_rows('salesforce', 'account') }}

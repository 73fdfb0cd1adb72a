-- One row per raw row of salesforce.opportunity, typed and judged.
{{ config(materialized='table', enabled=source_is_enabled('salesforce')) }}

{{ judge_raw_rows('salesforce', 'opportunity', lookups=['exchange_rates']) }}

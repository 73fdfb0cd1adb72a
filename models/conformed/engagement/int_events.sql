-- One row per behavioural event.
{{ config(materialized='incremental', unique_key='event_id') }}

{{ union_sources('events') }}

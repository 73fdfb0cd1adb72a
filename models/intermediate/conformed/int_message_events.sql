-- One row per action on one message.
{{ config(materialized='incremental', unique_key='message_event_id') }}

{{ union_sources('message_events') }}

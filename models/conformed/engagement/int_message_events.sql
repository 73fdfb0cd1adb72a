-- One row per action on one message.
{{ union_sources('message_events') }}

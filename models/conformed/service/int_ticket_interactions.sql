-- One row per contact within a ticket.
{{ union_sources('ticket_interactions') }}

-- One row per contact within a ticket up to the as-of date, with its customer.
{{ facts_of_customers('ticket_interactions', happened_at='interacted_at') }}

-- One row per action on a message up to the as-of date, with its customer.
{{ facts_of_customers('message_events', happened_at='occurred_at') }}

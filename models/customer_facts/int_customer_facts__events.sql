-- One row per behavioural event up to the as-of date, with its customer.
{{ facts_of_customers('events', happened_at='occurred_at') }}

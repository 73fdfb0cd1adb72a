-- One row per consent given or withdrawn up to the as-of date, with its customer.
{{ facts_of_customers('consent_events', happened_at='occurred_at') }}

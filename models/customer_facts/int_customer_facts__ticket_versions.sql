-- One row per ticket and time, up to the as-of date, at which a row of it was loaded, with its
-- customer.
{{ facts_of_customers('ticket_versions', happened_at='changed_at') }}

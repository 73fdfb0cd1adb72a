-- One row per opportunity created up to the as-of date, with its customer.
{{ facts_of_customers('opportunities', happened_at='created_at') }}

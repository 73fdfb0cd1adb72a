-- One row per subscription and day, up to the as-of date, on which its row was made or changed,
-- with its customer.
{{ facts_of_customers('subscription_versions', happened_at='known_on') }}

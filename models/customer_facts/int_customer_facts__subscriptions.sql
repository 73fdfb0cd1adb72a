-- One row per subscription that began, or was known to begin, up to the as-of date, with its
-- customer.
{{ facts_of_customers('subscriptions', happened_at='known_on') }}

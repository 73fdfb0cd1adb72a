-- One row per metered usage record up to the as-of date, with its customer.
{{ facts_of_customers('usage', happened_at='usage_date') }}

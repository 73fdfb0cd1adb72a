-- One row per subscription that began up to the as-of date, with its customer.
{{ facts_of_customers('subscriptions', happened_at='start_date') }}

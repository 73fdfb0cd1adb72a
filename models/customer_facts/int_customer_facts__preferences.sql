-- One row per preference stated up to the as-of date, with its customer.
{{ facts_of_customers('preferences', happened_at='stated_at') }}
